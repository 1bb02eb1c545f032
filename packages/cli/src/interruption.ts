/**
 * Aborted at the first Ctrl-C, SIGTERM or closed terminal. A launcher may pass a Ctrl-C on that the terminal has sent
 * as well, so what comes within half a second counts as the same; a later one ends the process at once.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (first === 0) first = performance.now();
      else if (performance.now() - first > 500) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}
