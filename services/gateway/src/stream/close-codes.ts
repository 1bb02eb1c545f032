/** Why the server ends a connection; the range tells a client what to do (wire.md section 2). */
export const closeCodes = {
  /** 4000–4099: do not reconnect. */
  protocolError: 4000,
  forbidden: 4003,
  /** 4100–4199: back off. */
  rateLimited: 4129,
  internal: 4150,
  /** 4200–4299: reconnect at once. */
  draining: 4200,
  slowConsumer: 4208,
  /** 4300–4399: get a new token first. */
  tokenExpired: 4301,
} as const;

export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];
