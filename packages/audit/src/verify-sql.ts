import { type ClickHouse, clickHouseCodeOf } from '@resonant/clickhouse';
import type { Keyspace } from '@resonant/contracts';
import { compare, type Range } from './compare.ts';
import { type DerivedRow, derivationOf, derivationSql } from './derivation.ts';
import { type Life, livesOf } from './lives.ts';
import { type Findings, merged, type NotChecked, noFindings } from './report.ts';
import { NotCovered } from './sql/not-covered.ts';
import type { Stretch } from './sql/scope.ts';
import { endText, type StoredAlert, type StoredLog, storedAlerts, storedChanges, storedLogs } from './stored.ts';

/** What is asked of a verification. */
export interface VerifyOptions {
  readonly keyspace: Keyspace;
  readonly range: Range;
  /** Default: every rule. */
  readonly ruleId?: string;
  /** Told what is being done, and how much of how many is done. */
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

interface Piece {
  readonly life: Life;
  readonly log: StoredLog;
}

/** throwIf in a query: a measure with more decimal places than the sums of SQL have. */
const thrownIf = 395;

/**
 * Derives the openings and ends of every rule of a keyspace from the stored signals by SQL and compares them with the
 * stored alerts, both ways. Rejects as `ClickHouse.query` does.
 */
export async function verifyBySql(clickHouse: ClickHouse, options: VerifyOptions): Promise<Findings> {
  const { keyspace, range, ruleId, onProgress = () => undefined } = options;
  const logs = await storedLogs(clickHouse, keyspace);
  const changes = await storedChanges(clickHouse, keyspace);
  const stored = await alertsByPlace(clickHouse, keyspace, ruleId);
  const pieces = logs.flatMap((log) =>
    livesOf((changes.get(log.partition) ?? []).filter(({ offset }) => offset <= log.lastOffset))
      .filter(
        (life) =>
          (ruleId === undefined || life.ruleId === ruleId) && (life.end === null || life.end.time >= range.from),
      )
      .map((life): Piece => ({ life, log })),
  );
  const batches = batchesOf(pieces.filter(({ life }) => !life.isHeir));
  let findings: Findings = {
    ...noFindings,
    checked: {
      partitions: logs.length,
      signals: logs.reduce((sum, { signals }) => sum + signals, 0),
      ticks: logs.reduce((sum, { ticks }) => sum + ticks, 0),
      rules: new Set(pieces.map(({ life }) => life.ruleId)).size,
    },
  };
  const claimed = new Set<StoredAlert>();
  for (const [i, batch] of batches.entries()) {
    onProgress(`${keyspace}: ${batch[0]?.life.ruleId} by SQL`, i, batches.length);
    findings = merged(findings, await verifyBatch(clickHouse, options, batch, stored, claimed));
  }
  onProgress(`${keyspace}: by SQL`, batches.length, batches.length);
  return merged(findings, { ...noFindings, notChecked: unclaimed(keyspace, logs, stored, claimed, pieces, range) });
}

type ByPlace = ReadonlyMap<string, readonly StoredAlert[]>;
const placeOf = (ruleId: string, partition: number): string => `${partition}/${ruleId}`;

async function alertsByPlace(clickHouse: ClickHouse, keyspace: Keyspace, ruleId: string | undefined): Promise<ByPlace> {
  const places = new Map<string, StoredAlert[]>();
  for await (const alert of storedAlerts(clickHouse, keyspace, ruleId === undefined ? null : [ruleId])) {
    if (alert.transition === 'updated') continue;
    const place = placeOf(alert.ruleId, alert.logPartition);
    const list = places.get(place) ?? [];
    places.set(place, list);
    list.push(alert);
  }
  return places;
}

/** Lives that one query can derive: one rule with one set of numbers, each in a partition of its own. */
function batchesOf(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const batches: { readonly key: string; readonly pieces: Piece[] }[] = [];
  for (const piece of pieces) {
    const key = decisive(piece.life);
    const batch = batches.find(
      (it) => it.key === key && !it.pieces.some(({ log }) => log.partition === piece.log.partition),
    );
    if (batch === undefined) batches.push({ key, pieces: [piece] });
    else batch.pieces.push(piece);
  }
  return batches.map((batch) => batch.pieces);
}

function decisive({ terms }: Life): string {
  const [{ rule } = { rule: undefined }] = terms;
  const document =
    typeof rule?.document === 'string' ? (JSON.parse(rule.document) as object) : (rule?.document as object);
  return JSON.stringify({
    ...document,
    version: 0,
    title: 0,
    description: 0,
    severity: 0,
    actions: 0,
    mode: 0,
    onChange: 0,
    tests: 0,
  });
}

async function verifyBatch(
  clickHouse: ClickHouse,
  { keyspace, range }: VerifyOptions,
  batch: readonly Piece[],
  stored: ByPlace,
  claimed: Set<StoredAlert>,
): Promise<Findings> {
  const [first] = batch as readonly [Piece];
  const [{ rule }] = first.life.terms as readonly [Life['terms'][number]];
  const stretches = batch.map(
    ({ life, log }): Stretch => ({
      partition: log.partition,
      after: life.after,
      bornAt: life.bornAt,
      until: life.end?.offset ?? log.lastOffset + 1,
    }),
  );
  const span = {
    first: Math.min(...batch.map(({ log }) => log.span.first)),
    last: Math.max(...batch.map(({ log }) => log.span.last)),
  };
  let rows: readonly (DerivedRow & { readonly partition: number })[];
  try {
    rows = await clickHouse.query(derivationSql({ database: 'resonant', keyspace, stretches }, rule, span));
  } catch (error) {
    const why = notCovered(error);
    if (why === undefined) throw error;
    return {
      ...noFindings,
      notChecked: batch.map(({ life, log }) => {
        const mine = ofLife(stored, life, log);
        for (const alert of mine) claimed.add(alert);
        const transitions = mine.filter(({ at }) => range.from <= at && at < range.to).length;
        return { ruleId: life.ruleId, keyspace, partition: log.partition, from: null, why, transitions };
      }),
    };
  }
  return batch
    .map(({ life, log }): Findings => {
      const mine = ofLife(stored, life, log);
      for (const alert of mine) claimed.add(alert);
      const derivation = derivationOf(
        rows.filter(({ partition }) => partition === log.partition),
        life,
      );
      const { differences, agreed, excepted } = compare(life, derivation, mine, range);
      return {
        ...noFindings,
        checked: {
          openings: derivation.alerts.length,
          ends: derivation.alerts.filter(({ ended }) => ended !== null).length,
        },
        agreed: { openings: agreed.opened, ends: agreed.ended },
        excepted,
        differences: differences.map((difference) => ({ ...difference, keyspace, partition: log.partition })),
      };
    })
    .reduce(merged, noFindings);
}

function notCovered(error: unknown): string | undefined {
  if (error instanceof NotCovered) return `${error.message}: SQL does not decide that as rules do`;
  if (clickHouseCodeOf(error) === thrownIf) return 'a measure has more decimal places than SQL sums exactly';
  return undefined;
}

/** The stored transitions that one life of a rule is to have decided: what its end resolves names the last tick before. */
const ofLife = (
  stored: ByPlace,
  { ruleId, after, end }: Life,
  { partition, lastOffset }: StoredLog,
): readonly StoredAlert[] =>
  (stored.get(placeOf(ruleId, partition)) ?? []).filter(
    ({ tickOffset }) => tickOffset > after && tickOffset <= lastOffset && (end === null || tickOffset < end.offset),
  );

function unclaimed(
  keyspace: Keyspace,
  logs: readonly StoredLog[],
  stored: ByPlace,
  claimed: ReadonlySet<StoredAlert>,
  pieces: readonly Piece[],
  range: Range,
): readonly NotChecked[] {
  return [...stored].flatMap(([, alerts]): readonly NotChecked[] => {
    const left = alerts.filter((alert) => !claimed.has(alert) && range.from <= alert.at && alert.at < range.to);
    const [one] = left;
    if (one === undefined) return [];
    const { ruleId, logPartition: partition } = one;
    const log = logs.find((it) => it.partition === partition);
    const isKept = pieces.some(({ life, log }) => life.isHeir && life.ruleId === ruleId && log.partition === partition);
    const why =
      log !== undefined && log.lacks !== null && left.some(({ tickOffset }) => tickOffset > log.lastOffset)
        ? endText(log)
        : isKept
          ? 'a changed version took over the memory of the one before'
          : 'the put of the rule is not in the stored log';
    const from = Math.min(...left.map(({ at }) => at));
    return [{ ruleId, keyspace, partition, from, why, transitions: left.length }];
  });
}
