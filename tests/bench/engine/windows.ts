// What a signal costs by the length of the window and of the slide, and by how many signals a deadline or a pair keeps:
// one subject, a signal and a tick a minute, measured when the window is full.
import type { Signal } from '@resonant/contracts';
import { engineOf, minute, signalOf, start } from './load.ts';
import { cpuSeconds, grouped, median, report } from './measure.ts';

const day = 24 * 60 * minute;
const spans = { '1h': 60 * minute, '1d': day, '28d': 28 * day };
type Span = keyof typeof spans;

const when = (kind: string) => ({ when: `kind == '${kind}'` });
const rule = (pattern: object, fields: object = {}): object => ({
  ...{ apiVersion: 'resonant/v1', id: 'measured', version: 1, keyspace: 'team', subject: ['teamId'] },
  ...fields,
  pattern,
});

const threshold = (aggregate: string) => (window: Span, every: string) =>
  rule({ threshold: { ...when('x'), measure: 'm', aggregate, window, every, side: 'below', value: 5 } });

const sliding: Readonly<Record<string, (window: Span, every: string) => object>> = {
  'threshold, mean': threshold('mean'),
  'threshold, max': threshold('max'),
  surge: (window, every) => rule({ surge: { ...when('x'), window, every, against: window, factor: 3 } }),
  'ratio against a number': (window, every) => {
    const roles = { numerator: when('y'), denominator: when('x') };
    return rule({ ratio: { ...roles, window, every, against: 'number', number: 0.5, side: 'below' } });
  },
};

/** Microseconds of CPU for a signal and its tick, when the first `full` ms are over. */
function costOf(document: object, full: number, signalAt: (n: number, at: number) => Signal): number {
  const engine = engineOf([document]);
  engine.apply({ type: 'tick', at: start });
  let now = start;
  let n = 0;
  const minutes = (count: number): void => {
    for (let end = n + count; n < end; n++) {
      engine.apply({ type: 'signal', signal: signalAt(n, now + 1) });
      now += minute;
      engine.apply({ type: 'tick', at: now });
    }
  };
  minutes(Math.max(full / minute, 2000) + 100);
  const batches = Array.from({ length: 7 }, () => cpuSeconds(() => minutes(1000)));
  return median(batches) * 1000;
}

const measured = (n: number, at: number): Signal =>
  signalOf('x', at, { teamId: 't', measures: { m: ((n * 7919) % 10_007) / 100 } });

function ratios(what: string, base: number, costs: readonly (readonly [string, number])[]): void {
  const shares = costs.map(([name, cost]) => `${name} ${(cost / base).toFixed(2)}`);
  report(what, `${shares.join(', ')} (1 = ${grouped(base)} µs)`, '1 or less');
}

for (const [what, document] of Object.entries(sliding)) {
  const full = what === 'surge' ? 2 : 1;
  const cost = (window: Span, every: string): number =>
    costOf(document(window, every), full * spans[window] + day, measured);
  cost('1h', '1m'); // warms up
  const base = cost('1h', '1m');
  ratios(`cost per signal by window, ${what}, slide 1m`, base, [
    ['1h', base],
    ['1d', cost('1d', '1m')],
    ['28d', cost('28d', '1m')],
  ]);
  ratios(`cost per signal by slide, ${what}, window 1d`, cost('1d', '1m'), [
    ['1s', cost('1d', '1s')],
    ['15m', cost('1d', '15m')],
    ['1h', cost('1d', '1h')],
  ]);
}

/** A deadline or a pair that keeps signals for `lateness`; both in a state in which nothing is said. */
const keeping: Readonly<Record<string, (lateness: Span) => object>> = {
  deadline: (lateness) => rule({ deadline: { start: when('x'), stop: when('y'), within: '90s' } }, { lateness }),
  'pair without a partner': (lateness) => {
    const strength = { residual: 0.1, at: '72h', expired: 0.05 };
    const pair = { a: when('x'), b: when('y'), within: lateness, distinct: ['channel'], strength };
    return rule({ pair }, { lateness });
  },
};

const alternating = (n: number, at: number): Signal => signalOf(n % 2 === 0 ? 'x' : 'y', at, { teamId: 't' });

for (const [what, document] of Object.entries(keeping)) {
  const cost = (lateness: Span): number => costOf(document(lateness), 2 * spans[lateness], alternating);
  cost('1h'); // warms up
  const base = cost('1h');
  ratios(`cost per signal by what is kept, ${what}`, base, [
    ['1h', base],
    ['1d', cost('1d')],
    ['28d', cost('28d')],
  ]);
}
