const slot = 6 * 3_600_000;
const span = 36 * 3_600_000;

/** An instant for a wall-clock time: whether the clock skips it, and the instant (or the first one after). */
export interface WallInstant {
  readonly at: number;
  readonly skipped: boolean;
}

/** Offsets and wall-clock times of one IANA zone, from the time zone data of the JavaScript engine. */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat | null;
  readonly #offsets = new Map<number, number>();

  /** Throws RangeError for a name that is no zone. */
  constructor(name: string) {
    this.name = name;
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'iso8601',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    this.#format = format.resolvedOptions().timeZone === 'UTC' ? null : format;
  }

  /** Wall clock minus UTC at an instant, in ms. */
  offsetAt(at: number): number {
    if (this.#format === null) return 0;
    const first = Math.floor(at / slot) * slot;
    const before = this.#slotOffset(first);
    return before === this.#slotOffset(first + slot) ? before : this.#measure(this.#format, at);
  }

  /** The first instant at which the wall clock shows `local` (ms as if it were UTC), or the first after it is skipped. */
  instantOf(local: number): WallInstant {
    if (this.#format === null) return { at: local, skipped: false };
    const before = this.offsetAt(local - span);
    const after = this.offsetAt(local + span);
    const larger = Math.max(before, after);
    const smaller = Math.min(before, after);
    for (const offset of [larger, smaller]) {
      if (this.offsetAt(local - offset) === offset) return { at: local - offset, skipped: false };
    }
    let low = local - larger;
    let high = local - smaller;
    const offset = this.offsetAt(low);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle) === offset) low = middle;
      else high = middle;
    }
    return { at: high, skipped: true };
  }

  #slotOffset(at: number): number {
    let offset = this.#offsets.get(at);
    if (offset === undefined) {
      offset = this.#measure(this.#format as Intl.DateTimeFormat, at);
      this.#offsets.set(at, offset);
    }
    return offset;
  }

  #measure(format: Intl.DateTimeFormat, at: number): number {
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(at)) parts[type] = value;
    const local = Date.UTC(
      Number(parts.year),
      Number(parts.month) - 1,
      Number(parts.day),
      Number(parts.hour),
      Number(parts.minute),
      Number(parts.second),
    );
    return local - Math.floor(at / 1000) * 1000;
  }
}

const zones = new Map<string, Zone>();

/** The zone of a name; zones are kept. Throws RangeError for a name that is no zone. */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = new Zone(name);
    zones.set(name, zone);
  }
  return zone;
}
