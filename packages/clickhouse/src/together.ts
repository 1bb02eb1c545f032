/**
 * Asks for several keys at once: calls that are made in one go are answered by one question.
 *
 * @param ask answers for all keys; what it rejects with, each call rejects with
 */
export function together<K, V>(ask: (keys: readonly K[]) => Promise<(key: K) => V>): (key: K) => Promise<V> {
  let keys: K[] = [];
  let answer: Promise<(key: K) => V> | undefined;
  return async (key) => {
    keys.push(key);
    answer ??= Promise.resolve().then(() => {
      const asked = keys;
      keys = [];
      answer = undefined;
      return ask(asked);
    });
    return (await answer)(key);
  };
}
