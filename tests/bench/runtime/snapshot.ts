// What a snapshot of everything costs the process that takes it: how long the event loop stands still, and memory.
// Run: npm run bench:snapshot -- [subjects, default 250000]
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { encode, type Snapshot, type StatePart } from '@resonant/contracts';
import { Engine } from '@resonant/engine';
import { compileRule, shippedRules } from '@resonant/rules';
import { nothingStored } from '../../../packages/stream/src/snapshots/part-keys.ts';
import { SnapshotWriter } from '../../../packages/stream/src/snapshots/snapshot-writer.ts';
import { emptySignal } from './load.ts';

const [count = '250000', mode] = process.argv.slice(2);
const subjects = Number(count);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

if (mode === undefined) {
  for (const one of ['at once', 'in pieces']) {
    const script = process.argv[1] as string;
    spawnSync(process.execPath, [...process.execArgv, '--expose-gc', '--max-old-space-size=6144', script, count, one], {
      stdio: 'inherit',
    });
  }
} else {
  await measure(mode === 'at once' ? Number.POSITIVE_INFINITY : (3 << 20) / 4);
}

/** An engine that has heard two signals of each subject. */
function filled(): Engine {
  const engine = new Engine({ compile: compileRule });
  const rule = shippedRules().find(({ id }) => id === 'resonance');
  if (rule === undefined) throw new Error('there is no rule resonance');
  engine.apply({ type: 'rule', action: 'put', ruleId: rule.id, document: rule.document, revision: 0 });
  const start = Date.UTC(2026, 2, 2, 8);
  for (let n = 0; n < 2 * subjects; n++) {
    const occurredAt = start + n;
    const signal = { ...emptySignal, kind: 'sentiment', channel: 'forum', accountId: `account-${n % subjects}` };
    const measures = { polarity: -0.7 };
    engine.apply({ type: 'signal', signal: { ...signal, id: `s${n}`, eventId: `bench:${n}`, occurredAt, measures } });
    if (n % 1000 === 999) engine.apply({ type: 'tick', at: occurredAt });
  }
  return engine;
}

async function measure(pieceBytes: number): Promise<void> {
  const engine = filled();
  const encoders = {
    part: (value: StatePart) => encode('StatePart', value, 1),
    head: (value: Snapshot) => encode('Snapshot', value, 2),
  };
  const writer = new SnapshotWriter({ topic: 'state', partition: 0 }, encoders, nothingStored, false);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let [peak, longest, bytes, slices] = [before, 0, 0, 0];
  const startedAt = performance.now();
  const at = { offset: 1, version: 1 };
  const head = { ...at, partitions: 1, lastOffset: 0, lastDigest: '', takenAt: 0 };
  for (let isAll = false; !isAll; ) {
    const begunAt = performance.now();
    const parts = new Map<string, string | null>();
    let left = pieceBytes;
    isAll = true;
    for (const [name, part] of engine.changedParts()) {
      parts.set(name, part);
      left -= name.length + (part?.length ?? 0);
      if (left > 0) continue;
      isAll = false;
      break;
    }
    const piece = isAll ? writer.end(parts, head) : writer.write(parts, at);
    longest = Math.max(longest, performance.now() - begunAt);
    bytes += piece.bytes;
    slices += piece.slices.length;
    peak = Math.max(peak, process.memoryUsage().rss);
    // as the next piece waits for the transaction of this one
    await nextTurn();
  }
  const tookMs = performance.now() - startedAt;
  process.stdout.write(
    `${mode}: ${subjects} subjects, ${megabytes(bytes)} in ${slices} transactions; the loop stands still for at most ` +
      `${longest.toFixed(0)} ms of ${tookMs.toFixed(0)} ms; ${megabytes(peak - before)} more resident than ${megabytes(before)}; ` +
      `load ${loadavg()[0]?.toFixed(1)}\n`,
  );
}
