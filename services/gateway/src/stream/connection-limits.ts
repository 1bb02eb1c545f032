/** Every default of a connection, in ms and counts. */
export const connectionDefaults = {
  pingIntervalMs: 5_000,
  pongWithinMs: 10_000,
  authWarningMs: 60_000,
  lagMs: 1_000,
  maxSubscriptions: 32,
  framesPerSecond: 50,
  frameBurst: 200,
  maxWaitingFrames: 256,
  maxRefusedFrames: 200,
  ackKeptMs: 30 * 24 * 3600 * 1000,
} as const;

export type ConnectionLimits = { readonly [K in keyof typeof connectionDefaults]: number };
