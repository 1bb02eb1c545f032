import type { ClickHouse } from '@resonant/clickhouse';
import type { Decoder } from '@resonant/contracts';
import { type AlertLine, Engine, formatOutput } from '@resonant/engine';
import { compileRule } from '@resonant/rules';
import type { Difference } from './compare.ts';
import { storedEntries } from './replay.ts';
import { type Findings, merged, type NotChecked, noFindings } from './report.ts';
import { endText, type StoredAlert, type StoredLog, storedAlerts, storedLogs } from './stored.ts';
import type { VerifyOptions } from './verify-sql.ts';

/** A transition in the words that are compared: its line (rules.md 1), and what the record has besides. */
interface Said {
  readonly line: string;
  readonly rest: string;
  readonly alert: Pick<Difference, 'ruleId' | 'subject' | 'transition' | 'at' | 'alertId' | 'evidence'>;
  readonly decidedAt: number;
}

/**
 * Runs the stored log of every partition of a keyspace through the engine and compares what it says with the stored
 * alerts: the same transitions, byte for byte, late signals and every kind of rule included. A log that does not begin
 * with the offset 0 is not checked: what the engine knew there is not in it.
 */
export async function verifyByReplay(
  clickHouse: ClickHouse,
  decoder: Decoder,
  options: VerifyOptions,
): Promise<Findings> {
  const { keyspace, range, ruleId, onProgress = () => undefined } = options;
  const stored = new Map<number, StoredAlert[]>();
  for await (const alert of storedAlerts(clickHouse, keyspace, ruleId === undefined ? null : [ruleId])) {
    const list = stored.get(alert.logPartition) ?? [];
    stored.set(alert.logPartition, list);
    if (range.from <= alert.at && alert.at < range.to) list.push(alert);
  }
  let findings = noFindings;
  const logs = await storedLogs(clickHouse, keyspace);
  for (const [i, log] of logs.entries()) {
    onProgress(`${keyspace}/${log.partition} by replay`, i, logs.length);
    findings = merged(
      findings,
      await verifyPartition(clickHouse, decoder, options, log, stored.get(log.partition) ?? []),
    );
  }
  onProgress(`${keyspace}: by replay`, logs.length, logs.length);
  return findings;
}

async function verifyPartition(
  clickHouse: ClickHouse,
  decoder: Decoder,
  options: VerifyOptions,
  log: StoredLog,
  stored: readonly StoredAlert[],
): Promise<Findings> {
  const { keyspace, range, ruleId } = options;
  const { partition, firstOffset, lastOffset } = log;
  if (firstOffset > 0) {
    const why = `the stored log begins at the offset ${firstOffset}: what the engine knew there is not in it`;
    return {
      ...noFindings,
      notChecked: [{ ruleId: ruleId ?? '*', keyspace, partition, from: null, why, transitions: stored.length }],
    };
  }
  const left = new Map<string, Said[]>();
  const behind = stored.filter(({ tickOffset }) => tickOffset > lastOffset);
  for (const alert of stored.filter(({ tickOffset }) => tickOffset <= lastOffset))
    push(left, `${alert.alertId}/${alert.seq}`, saidOf(storedLine(alert, keyspace), alert.tickOffset, alert.subject));
  const engine = new Engine({ compile: compileRule });
  const differences: Difference[] = [];
  let tickOffset = 0;
  let records = 0;
  let agreed = 0;
  for await (const { offset, entry } of storedEntries(clickHouse, decoder, keyspace, partition, lastOffset)) {
    records++;
    if (entry === null) continue;
    if (entry.type === 'tick' && entry.at > engine.time) tickOffset = offset;
    for (const output of engine.apply(entry)) {
      if (output.type !== 'alert' || (ruleId !== undefined && output.ruleId !== ruleId)) continue;
      if (output.at < range.from || output.at >= range.to) continue;
      const expected = saidOf(output, tickOffset, sortedJson(output.subject));
      const got = left.get(`${output.alertId}/${output.seq}`)?.shift();
      const difference = differenceOf(expected, got);
      if (difference === null) agreed++;
      else differences.push(difference);
    }
  }
  for (const list of left.values()) {
    for (const { alert, line } of list)
      differences.push({ kind: 'false', ...alert, detail: `the replay does not say ${line}` });
  }
  return {
    ...noFindings,
    checked: { partitions: 1, records },
    agreed: { transitions: agreed },
    notChecked: behind.length === 0 ? [] : [notReplayed(options, log, behind)],
    differences: differences.map((difference) => ({ ...difference, keyspace, partition })),
  };
}

const notReplayed = (
  { keyspace, ruleId }: VerifyOptions,
  log: StoredLog,
  behind: readonly StoredAlert[],
): NotChecked => ({
  ruleId: ruleId ?? '*',
  keyspace,
  partition: log.partition,
  from: Math.min(...behind.map(({ at }) => at)),
  why: endText(log),
  transitions: behind.length,
});

function push(lists: Map<string, Said[]>, key: string, said: Said): void {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  list.push(said);
}

function differenceOf(expected: Said, got: Said | undefined): Difference | null {
  if (got === undefined) return { kind: 'missing', ...expected.alert, detail: `the replay says ${expected.line}` };
  if (got.line === expected.line && got.rest === expected.rest) return null;
  const [said, stored] = got.line === expected.line ? [expected.rest, got.rest] : [expected.line, got.line];
  const kind = got.decidedAt > expected.decidedAt ? 'late' : 'wrong';
  return { kind, ...got.alert, detail: `the replay says ${said}, stored is ${stored}` };
}

/** What is compared of a line. A text that is empty and one that is none are one in the table's evidence. */
function saidOf(line: AlertLine, tickOffset: number, subject: string): Said {
  const { openedAt, severity, title, partitionKey, alertId, ruleId, transition, at, decidedAt } = line;
  const evidence = line.evidence.map((item) => ({ ...item, eventId: item.eventId ?? '' }));
  return {
    line: formatOutput({
      ...line,
      evidence: line.evidence.map((item) => ({ ...item, eventId: item.eventId || null })),
    }),
    rest: JSON.stringify({ openedAt, severity, title, partitionKey, tickOffset }),
    alert: { ruleId, subject, transition, at, alertId, evidence },
    decidedAt,
  };
}

const storedLine = (stored: StoredAlert, keyspace: string): AlertLine => ({
  type: 'alert',
  ...stored,
  transition: stored.transition as AlertLine['transition'],
  subject: stored.fields,
  late: stored.isLate,
  shadow: stored.isShadow,
  keyspace,
});

const sortedJson = (subject: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(subject).sort(([a], [b]) => (a < b ? -1 : 1))));
