/** Words of 16 bits in a hash: 80 bits. */
export const hashWords = 5;

const [c1, c2, c3, c4] = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93];
const rotated = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

function finished(x: number): number {
  let h = x ^ (x >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Two code units from `i` on as 32 bits; what is behind the end is 0. */
const pairAt = (text: string, i: number): number =>
  i + 1 < text.length ? text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16) : i < text.length ? text.charCodeAt(i) : 0;

/**
 * Puts the first 80 bits of a text's MurmurHash3 (the 128-bit function for 32-bit machines, seed 0, over UTF-16 code
 * units) into `into`. Source: Austin Appleby, MurmurHash3.cpp, public domain.
 */
export function hashText(text: string, into: Uint16Array): void {
  let [h1, h2, h3, h4] = [0, 0, 0, 0];
  const whole = text.length & ~7;
  for (let i = 0; i < whole; i += 8) {
    h1 ^= Math.imul(rotated(Math.imul(pairAt(text, i), c1), 15), c2);
    h1 = (Math.imul(rotated(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotated(Math.imul(pairAt(text, i + 2), c2), 16), c3);
    h2 = (Math.imul(rotated(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotated(Math.imul(pairAt(text, i + 4), c3), 17), c4);
    h3 = (Math.imul(rotated(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotated(Math.imul(pairAt(text, i + 6), c4), 18), c1);
    h4 = (Math.imul(rotated(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  if (whole < text.length) {
    h4 ^= Math.imul(rotated(Math.imul(pairAt(text, whole + 6), c4), 18), c1);
    h3 ^= Math.imul(rotated(Math.imul(pairAt(text, whole + 4), c3), 17), c4);
    h2 ^= Math.imul(rotated(Math.imul(pairAt(text, whole + 2), c2), 16), c3);
    h1 ^= Math.imul(rotated(Math.imul(pairAt(text, whole), c1), 15), c2);
  }
  const bytes = 2 * text.length;
  h1 ^= bytes;
  h2 ^= bytes;
  h3 ^= bytes;
  h4 ^= bytes;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finished(h1);
  h2 = finished(h2);
  h3 = finished(h3);
  h4 = finished(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  into[0] = h1;
  into[1] = h1 >>> 16;
  into[2] = h2;
  into[3] = h2 >>> 16;
  into[4] = h3;
}
