import { randomBytes } from 'node:crypto';

const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The W3C traceparent of a request if it is well formed, else a new one (not sampled). */
export const traceparentFrom = (header: string | string[] | undefined): string =>
  typeof header === 'string' && form.test(header)
    ? header
    : `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
