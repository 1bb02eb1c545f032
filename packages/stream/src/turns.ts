import type { Clock } from './clock.ts';

/** How long work that others may wait for goes on before they have their turn. */
export interface Turns {
  readonly clock: Clock;
  readonly stepMs: number;
}

/** Takes `steps` to their end and resolves with what they come to; others have their turn after each `stepMs`. */
export async function inTurns<T>(steps: Iterator<unknown, T>, { clock, stepMs }: Turns): Promise<T> {
  let since = clock.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (clock.now() - since < stepMs) continue;
    await clock.turn();
    since = clock.now();
  }
}
