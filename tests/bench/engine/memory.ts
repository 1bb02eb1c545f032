// Bytes that a subject of a rule holds, by pattern, with few and with many buckets; bytes of a remembered id.
// Signals and ids are forgotten by the caller, so what is counted is what the engine keeps.
import type { Engine } from '@resonant/engine';
import { engineOf, minute, packEngine, signalOf, start } from './load.ts';
import { grouped, liveBytes, report } from './measure.ts';

const hour = 60 * minute;
const subjects = 20_000;

interface Case {
  readonly what: string;
  readonly rule: string;
  /** Feeds the n-th signal of a subject; returns log time after it. */
  readonly signal: (subject: number, n: number, at: number) => ReturnType<typeof signalOf>;
  readonly everyMs: number;
  readonly counts: readonly [few: number, many: number];
  /** Things of which a signal adds one: buckets, or signals that a pair or a deadline has to know. */
  readonly unit: string;
}

const rep = (subject: number) => ({ repId: `rep-${subject}`, teamId: `team-${Math.floor(subject / 20)}` });

const cases: readonly Case[] = [
  {
    what: 'ratio against a cohort',
    rule: 'rep-new-policy-usage',
    signal: (subject, n, at) =>
      signalOf(n % 2 === 0 ? 'eligible-call' : 'talk-track', at, { ...rep(subject), labels: { track: 'new-policy' } }),
    everyMs: 2 * minute,
    counts: [10, 110],
    unit: 'bucket',
  },
  {
    what: 'ratio against a baseline',
    rule: 'region-competitor-comparison',
    signal: (subject, _n, at) =>
      signalOf('eligible-call', at, { regionId: `region-${subject}`, labels: { track: 'competitor-comparison' } }),
    everyMs: hour,
    counts: [10, 110],
    unit: 'bucket',
  },
  {
    what: 'surge',
    rule: 'competitor-surge',
    signal: (subject, _n, at) =>
      signalOf('mention', at, { regionId: `region-${subject % 20}`, labels: { competitor: `c-${subject}` } }),
    everyMs: 2 * minute,
    counts: [10, 110],
    unit: 'bucket',
  },
  {
    what: 'threshold, weekly mean',
    rule: 'kb-dwell',
    signal: (subject, n, at) => signalOf('kb-read', at, { ...rep(subject), measures: { activeSeconds: 100 + n / 10 } }),
    everyMs: 2 * minute,
    counts: [10, 110],
    unit: 'bucket',
  },
  {
    what: 'threshold, weekly mean, two signals a bucket',
    rule: 'kb-dwell',
    signal: (subject, n, at) =>
      signalOf('kb-read', at, {
        ...rep(subject),
        measures: { activeSeconds: 60 + ((n * 7919 + subject) % 3000) / 10 },
      }),
    everyMs: minute / 2,
    counts: [20, 220],
    unit: 'half bucket',
  },
  {
    what: 'deadline',
    rule: 'lead-response',
    signal: (subject, n, at) =>
      signalOf(n % 2 === 0 ? 'lead-created' : 'lead-response', at, {
        leadId: `lead-${subject}`,
        labels: { by: 'human' },
      }),
    everyMs: minute,
    counts: [2, 22],
    unit: 'signal',
  },
  {
    what: 'pair',
    rule: 'resonance',
    signal: (subject, _n, at) =>
      signalOf('sentiment', at, { accountId: `account-${subject}`, measures: { polarity: -0.8 } }),
    everyMs: minute,
    counts: [2, 22],
    unit: 'signal',
  },
];

/** What an engine holds beyond remembered ids, with `count` signals per subject. */
function bytesOf({ rule, signal, everyMs }: Case, count: number): { readonly bytes: number; readonly engine: Engine } {
  const engine = packEngine(rule);
  engine.apply({ type: 'tick', at: start });
  const idle = engineOf([]);
  idle.apply({ type: 'tick', at: start });
  const before = liveBytes();
  let at = start;
  for (let n = 0; n < count; n++) {
    for (let subject = 0; subject < subjects; subject++) {
      engine.apply({ type: 'signal', signal: signal(subject, n, at + 1) });
    }
    at += everyMs;
    engine.apply({ type: 'tick', at });
  }
  const whole = liveBytes() - before;
  return { bytes: whole / subjects, engine };
}

/** Bytes of a remembered id, from an engine without rules. */
function bytesPerId(): number {
  const engine = engineOf([]);
  engine.apply({ type: 'tick', at: start });
  const before = liveBytes();
  const count = 3_000_000;
  for (let n = 0; n < count; n++) {
    engine.apply({ type: 'signal', signal: signalOf('none', start + 1, {}) });
    if (n % 10_000 === 9999) engine.apply({ type: 'tick', at: start + 1 + n });
  }
  const bytes = (liveBytes() - before) / count;
  if (engine.counters.unused !== count) throw new Error(`${engine.counters.unused} of ${count} signals were taken`);
  return bytes;
}

const perId = bytesPerId();
report('bytes per remembered id', grouped(perId), '16');
for (const each of cases) {
  const [few, many] = each.counts;
  const small = bytesOf(each, few).bytes - few * perId;
  const large = bytesOf(each, many).bytes - many * perId;
  const perUnit = (large - small) / (many - few);
  report(
    `bytes per subject and rule, ${each.what}, ${few} ${each.unit}s; for each ${each.unit} more`,
    `${grouped(small)}; ${grouped(perUnit)}`,
    each.unit === 'bucket' ? `≤ 2,048 + 16 × ${few}; 16` : '≤ 2,048',
  );
}
