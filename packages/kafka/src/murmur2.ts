const seed = 0x9747b28c;
const m = 0x5bd1e995;

/** Kafka's murmur2 over the key, as the Java client computes it; a signed 32-bit number. */
export function murmur2(key: Uint8Array): number {
  const length = key.length;
  let h = seed ^ length;
  const at = (index: number): number => key[index] as number;
  const words = length >> 2;
  for (let word = 0; word < words; word++) {
    const i = word << 2;
    let k = at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    h = Math.imul(h, m) ^ Math.imul(k, m);
  }
  const rest = length & ~3;
  const left = length & 3;
  if (left === 3) h ^= at(rest + 2) << 16;
  if (left >= 2) h ^= at(rest + 1) << 8;
  if (left >= 1) h = Math.imul(h ^ at(rest), m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return (h ^ (h >>> 15)) | 0;
}

/** The partition that every Kafka client with Java's default partitioner chooses for a key. */
export const partitionOfKey = (key: Uint8Array, partitions: number): number => (murmur2(key) & 0x7fffffff) % partitions;
