import { loadavg } from 'node:os';

/** CPU seconds of this process, user and system, that `run` takes. */
export function cpuSeconds(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Bytes that live now: the heap and what lies outside of it. */
export function liveBytes(): number {
  if (globalThis.gc === undefined) throw new Error('memory is measured with node --expose-gc');
  for (let n = 0; n < 3; n++) globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The middle of some figures. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;
}

/** A figure with its digits in groups. */
export const grouped = (figure: number): string =>
  figure.toLocaleString('en-US', { maximumFractionDigits: figure < 100 ? 2 : 0 });

/** Prints what was measured as one row of a table: what, the figure, what it is to be, and the load of the machine. */
export function report(what: string, figure: string, aim = '–'): void {
  const load = (loadavg()[0] as number).toFixed(1);
  console.log(`| ${what} | ${figure} | ${aim} | ${load} |`);
}
