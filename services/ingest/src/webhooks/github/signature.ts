import { createHmac, timingSafeEqual } from 'node:crypto';

const form = /^sha256=([0-9a-f]{64})$/i;

/** True if `X-Hub-Signature-256` is the HMAC-SHA256 of the raw bytes under the secret; compares in constant time. */
export function isSigned(body: Buffer, secret: string, header: string | string[] | undefined): boolean {
  const given = typeof header === 'string' ? form.exec(header)?.[1] : undefined;
  if (given === undefined) return false;
  return timingSafeEqual(createHmac('sha256', secret).update(body).digest(), Buffer.from(given, 'hex'));
}
