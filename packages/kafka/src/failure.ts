/** A promise that never resolves, and the means to reject it once. */
export interface Failure {
  readonly promise: Promise<never>;
  fail(reason: unknown): void;
}

/** Makes a `failed` promise. Nobody has to listen to it: its rejection alone does not end the process. */
export function failure(): Failure {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  return { promise, fail: reject };
}
