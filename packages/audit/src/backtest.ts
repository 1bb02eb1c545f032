import type { ClickHouse } from '@resonant/clickhouse';
import type { Decoder, Keyspace } from '@resonant/contracts';
import { type AlertLine, type CompiledRule, Engine } from '@resonant/engine';
import { compileRule } from '@resonant/rules';
import type { Range } from './compare.ts';
import type { Evidence } from './derived.ts';
import { storedEntries } from './replay.ts';
import { storedLogs } from './stored.ts';

/** What a version would have said of one alert: its opening and what became of it. */
export interface WouldBe {
  readonly partition: number;
  readonly subject: string;
  /** Epoch ms. */
  readonly openedAt: number;
  readonly endedAt: number | null;
  readonly endState: string | null;
  readonly values: Readonly<Record<string, number>>;
  readonly evidence: readonly Evidence[];
}

/** An alert that both say, of one subject and overlapping in time, with other instants. */
export interface Moved {
  readonly before: WouldBe;
  readonly after: WouldBe;
}

/** How a candidate differs from a baseline over stored history. */
export interface BacktestReport {
  readonly ruleId: string;
  readonly range: Range;
  /** Records of the log that both ran over, and partitions. */
  readonly records: number;
  readonly partitions: number;
  /** Partitions whose log does not begin at the offset 0: both begin there without memory. */
  readonly cutPartitions: readonly number[];
  readonly candidate: number;
  readonly baseline: number;
  readonly same: number;
  readonly added: readonly WouldBe[];
  readonly lost: readonly WouldBe[];
  readonly moved: readonly Moved[];
}

/** What to run over the stored log of a keyspace. */
export interface BacktestOptions {
  readonly candidate: unknown;
  /** Document that the candidate is compared with; null = none: everything is added. */
  readonly baseline: unknown | null;
  readonly range: Range;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/**
 * Runs a rule, and one to compare it with, over the stored log of its keyspace: from the beginning of the log, each in
 * force from there on, with the signals and ticks of the log and without its rules. Compares the alerts that open in the
 * range. Rejects with `invalid-rule` for a document that is refused, and as `ClickHouse.stream` does.
 */
export async function backtest(
  clickHouse: ClickHouse,
  decoder: Decoder,
  options: BacktestOptions,
): Promise<BacktestReport> {
  const { range, onProgress = () => undefined } = options;
  const rule = compileRule(options.candidate);
  const other = options.baseline === null ? null : compileRule(options.baseline);
  const keyspace = rule.keyspace as Keyspace;
  const logs = await storedLogs(clickHouse, keyspace);
  let records = 0;
  const [candidate, baseline]: [WouldBe[], WouldBe[]] = [[], []];
  for (const [i, { partition, lastOffset }] of logs.entries()) {
    onProgress(`${keyspace}/${partition}`, i, logs.length);
    const runs = [new Run(rule, partition), other === null ? null : new Run(other, partition)] as const;
    for await (const { entry } of storedEntries(clickHouse, decoder, keyspace, partition, lastOffset)) {
      records++;
      if (entry === null || entry.type === 'rule') continue;
      for (const run of runs) run?.take(entry);
    }
    candidate.push(...runs[0].alerts(range));
    baseline.push(...(runs[1]?.alerts(range) ?? []));
  }
  onProgress(keyspace, logs.length, logs.length);
  return {
    ...{ ruleId: rule.id, range, records, partitions: logs.length },
    cutPartitions: logs.filter(({ firstOffset }) => firstOffset > 0).map(({ partition }) => partition),
    ...{ candidate: candidate.length, baseline: baseline.length },
    ...difference(candidate, baseline),
  };
}

/** One rule over one partition. */
class Run {
  readonly #engine = new Engine({ compile: compileRule });
  readonly #partition: number;
  readonly #said = new Map<string, WouldBe>();

  constructor(rule: CompiledRule, partition: number) {
    this.#partition = partition;
    this.#engine.apply({ type: 'rule', action: 'put', ruleId: rule.id, document: rule.document, revision: null });
  }

  take(entry: Parameters<Engine['apply']>[0]): void {
    for (const output of this.#engine.apply(entry)) if (output.type === 'alert') this.#hear(output);
  }

  /** An alert that was withdrawn was not said in the end. */
  alerts({ from, to }: Range): readonly WouldBe[] {
    return [...this.#said.values()].filter(({ openedAt }) => from <= openedAt && openedAt < to);
  }

  #hear({ alertId, transition, state, at, subject, values, evidence }: AlertLine): void {
    const known = this.#said.get(alertId);
    if (transition === 'withdrawn') this.#said.delete(alertId);
    else if (transition === 'resolved' && known !== undefined)
      this.#said.set(alertId, { ...known, endedAt: at, endState: state });
    else if (transition === 'opened') {
      this.#said.set(alertId, {
        partition: this.#partition,
        subject: JSON.stringify(Object.fromEntries(Object.entries(subject).sort(([a], [b]) => (a < b ? -1 : 1)))),
        ...{ openedAt: at, endedAt: null, endState: null, values },
        evidence: evidence.map((item) => ({ ...item, eventId: item.eventId ?? '' })),
      });
    }
  }
}

/** What of two lists of alerts is in both, in one only, or in both at other instants. */
export function difference(
  candidate: readonly WouldBe[],
  baseline: readonly WouldBe[],
): Pick<BacktestReport, 'same' | 'added' | 'lost' | 'moved'> {
  const left = new Map<string, WouldBe[]>();
  for (const alert of baseline) left.set(placeOf(alert), [...(left.get(placeOf(alert)) ?? []), alert]);
  const take = (alert: WouldBe, fits: (other: WouldBe) => boolean): WouldBe | undefined => {
    const list = left.get(placeOf(alert)) ?? [];
    const i = list.findIndex(fits);
    return i < 0 ? undefined : list.splice(i, 1)[0];
  };
  const others = candidate.filter(
    (alert) => take(alert, (it) => it.openedAt === alert.openedAt && it.endedAt === alert.endedAt) === undefined,
  );
  const moved: Moved[] = [];
  const added = others.filter((after) => {
    const before = take(after, (it) => overlap(it, after));
    if (before !== undefined) moved.push({ before, after });
    return before === undefined;
  });
  return { same: candidate.length - others.length, added, lost: [...left.values()].flat(), moved };
}

const placeOf = ({ partition, subject }: WouldBe): string => `${partition}/${subject}`;
const endOf = ({ endedAt }: WouldBe): number => endedAt ?? Number.POSITIVE_INFINITY;
const overlap = (a: WouldBe, b: WouldBe): boolean => a.openedAt <= endOf(b) && b.openedAt <= endOf(a);

const iso = (at: number | null): string => (at === null ? 'open' : new Date(at).toISOString());
const spanOf = ({ openedAt, endedAt, endState }: WouldBe): string =>
  `${iso(openedAt)} to ${iso(endedAt)}${endState === null ? '' : ` (${endState})`}`;

/** A backtest for people. */
export function backtestText(report: BacktestReport): string {
  const { ruleId, records, partitions, cutPartitions, candidate, baseline, same, added, lost, moved } = report;
  const details = (alert: WouldBe): readonly string[] => [
    `    ${JSON.stringify(alert.values)}`,
    ...alert.evidence.map(
      (item) => `    evidence: ${item.role} ${item.signalId} at ${iso(item.occurredAt)} ${item.eventId}`,
    ),
  ];
  return [
    `${ruleId}: ${candidate} alerts, compared with ${baseline}: ${same} the same, ${added.length} added, ${lost.length} lost, ${moved.length} moved`,
    `  ran over ${records} records of ${partitions} partitions, from the beginning of the stored log, both without memory there`,
    ...(cutPartitions.length === 0
      ? []
      : [`  the log of partition ${cutPartitions.join(', ')} does not begin at its offset 0`]),
    ...added.flatMap((alert) => [`  added: ${alert.subject} ${spanOf(alert)}`, ...details(alert)]),
    ...lost.flatMap((alert) => [`  lost: ${alert.subject} ${spanOf(alert)}`, ...details(alert)]),
    ...moved.flatMap(({ before, after }) => [
      `  moved: ${after.subject} ${spanOf(before)} -> ${spanOf(after)}`,
      ...details(after),
    ]),
    '',
  ].join('\n');
}
