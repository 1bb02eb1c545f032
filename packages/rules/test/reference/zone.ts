const day = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** What a clock on the wall shows, as if it were UTC, less UTC; in ms. */
export function offsetAt(zone: string, at: number): number {
  if (zone === 'UTC') return 0;
  // No zone of our time changes within a quarter of an hour.
  const quarter = Math.floor(at / 900_000) * 900_000;
  const key = `${zone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(quarter).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day: date = 1, hour = 0, minute = 0, second = 0 } = parts;
  const offset = Date.UTC(year, month - 1, date, hour, minute, second) - quarter;
  offsets.set(key, offset);
  return offset;
}

/** What a clock on the wall shows at an instant, as if it were UTC. */
export const wallOf = (zone: string, at: number): number => at + offsetAt(zone, at);

/** The first instant at which the clock shows `wall`; undefined where the clock skips it. */
export function exactInstant(zone: string, wall: number): number | undefined {
  const candidates = [-day, 0, day].map((shift) => wall - offsetAt(zone, wall + shift));
  const fits = candidates.filter((at) => wallOf(zone, at) === wall);
  return fits.length === 0 ? undefined : Math.min(...fits);
}

/** The first instant at which the clock shows `wall`, or where it skips that, the first after. */
export function instantOf(zone: string, wall: number): number {
  const exact = exactInstant(zone, wall);
  if (exact !== undefined) return exact;
  let [low, high] = [wall - 2 * day, wall + 2 * day];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallOf(zone, middle) < wall) low = middle;
    else high = middle;
  }
  return high;
}
