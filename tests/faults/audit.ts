import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repository } from '@resonant/cli';
import {
  type Action,
  type Alert,
  actionsTopic,
  alertsTopic,
  type Decoded,
  deadLettersTopic,
  signalsTopic,
  touchpointsTopic,
} from '@resonant/contracts';
import { decoderFor, type Log } from '@resonant/kafka';
import type { Stack } from '@resonant/local';
import { actionLineOf, alertLineOf } from '@resonant/stream';

/** What was found, counted. */
export interface Audit {
  readonly touchpoints: number;
  readonly signals: number;
  readonly alerts: number;
  readonly actions: number;
  /** Touchpoints that were acknowledged and do not stand in the log. */
  readonly lostTouchpoints: number;
  /** Records of touchpoints without their signal, and signals too many. */
  readonly lostSignals: number;
  readonly doubledSignals: number;
  /** Lines of the replay that were not said, and said lines that the replay does not have or has fewer of. */
  readonly lostLines: readonly string[];
  readonly doubledLines: readonly string[];
  readonly deadLetters: number;
}

async function each(log: Log, topic: string, take: (decoded: Decoded) => void): Promise<void> {
  const decoder = decoderFor(log);
  const follower = await log.follow({
    topic,
    onRecords: async (_, records) => {
      await decoder.prepare(records.map(({ value }) => value));
      for (const { value } of records) if (value !== null) take(decoder.decode(value));
    },
  });
  await follower.caughtUp;
  await follower.stop();
}

/** Counts; what is more in one than in the other is the difference. */
class Tally {
  readonly #counts = new Map<string, number>();

  add(key: string, by: 1 | -1): void {
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }

  /** Keys that were added more often than taken away (`over`), or the other way round, once for each time. */
  differing(over: boolean): readonly string[] {
    return [...this.#counts].flatMap(([key, count]) =>
      count > 0 === over ? Array<string>(Math.abs(count)).fill(key) : [],
    );
  }
}

/** Compares what stands in the topics with `resonant replay` of each partition, and with what was acknowledged. */
export async function audit(stack: Stack, log: Log, acknowledged: ReadonlySet<string>): Promise<Audit> {
  const signals = new Tally();
  const stored = new Set<string>();
  let [touchpointCount, signalCount] = [0, 0];
  await each(log, touchpointsTopic('crm'), ({ value }) => {
    const { eventId } = value as { eventId: string };
    stored.add(eventId);
    signals.add(eventId, 1);
    touchpointCount++;
  });
  await each(log, signalsTopic('lead'), ({ type, value }) => {
    if (type !== 'Signal') return;
    signals.add(value.eventId ?? '', -1);
    signalCount++;
  });

  const lines = new Tally();
  let [alerts, actions, deadLetters] = [0, 0, 0];
  await each(log, alertsTopic, ({ value }) => {
    lines.add(alertLineOf(value as Alert), -1);
    alerts++;
  });
  await each(log, actionsTopic, ({ value }) => {
    lines.add(actionLineOf(value as Action), -1);
    actions++;
  });
  await each(log, deadLettersTopic, () => deadLetters++);
  const admin = await log.admin();
  const partitions = await admin.partitionCount(signalsTopic('lead'));
  for (let partition = 0; partition < partitions; partition++) {
    await replayed(stack, partition, (line) => lines.add(line, 1));
  }
  return {
    touchpoints: touchpointCount,
    signals: signalCount,
    alerts,
    actions,
    lostTouchpoints: [...acknowledged].filter((eventId) => !stored.has(eventId)).length,
    lostSignals: signals.differing(true).length,
    doubledSignals: signals.differing(false).length,
    lostLines: lines.differing(true),
    doubledLines: lines.differing(false),
    deadLetters,
  };
}

const executable = join(repository, 'packages', 'cli', 'bin', 'resonant');

/** `resonant log export | resonant replay` of one partition, line by line. */
async function replayed(stack: Stack, partition: number, onLine: (line: string) => void): Promise<void> {
  const env = { ...process.env, ...stack.env };
  const exporting = spawn(executable, ['log', 'export', '--keyspace', 'lead', '--partition', String(partition)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const replaying = spawn(executable, ['replay'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  exporting.stdout.pipe(replaying.stdin);
  const ended = Promise.all([once(exporting, 'close'), once(replaying, 'close')]);
  for await (const line of createInterface({ input: replaying.stdout })) onLine(line);
  for (const [code] of await ended) {
    if (code !== 0) throw new Error(`the replay of partition ${partition} ended with exit code ${code}`);
  }
}
