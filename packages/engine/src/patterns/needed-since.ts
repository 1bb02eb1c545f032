import { type Wake, Wakes, wakeOf } from './wakes.ts';

/** Since when subjects need the versions of their rule: the least of it is found at once. */
export class NeededSince {
  readonly #order = new Wakes<string>();
  readonly #bySubject = new Map<string, Wake<string>>();

  /** Sets the instant of a subject; +∞ = it needs none. */
  set(key: string, instant: number): void {
    let wake = this.#bySubject.get(key);
    if (wake === undefined) {
      if (instant === Number.POSITIVE_INFINITY) return;
      wake = wakeOf(key);
      this.#bySubject.set(key, wake);
    } else if (instant === Number.POSITIVE_INFINITY) this.#bySubject.delete(key);
    this.#order.set(wake, instant);
  }

  /** The earliest of them; +∞ = no subject needs any. */
  get least(): number {
    return this.#order.next();
  }
}
