import type { ClickHouse } from '@resonant/clickhouse';
import { type Keyspace, keyspaces, ResonantError } from '@resonant/contracts';
import { livesOf, termAt } from '../lives.ts';
import { NotCovered } from '../sql/not-covered.ts';
import { type StoredAlert, storedAlert, storedChanges } from '../stored.ts';
import { proofSql } from './proof-sql.ts';

/** A number as it was stored, and as the signals give it now. */
export interface Recounted {
  readonly name: string;
  readonly stored: number;
  /** Null where the statement gives no such number. */
  readonly counted: number | null;
  readonly isSame: boolean;
}

/** One transition of an alert with the statement that counts its numbers again. */
export interface TransitionProof {
  readonly seq: number;
  readonly transition: string;
  readonly state: string;
  /** Epoch ms. */
  readonly at: number;
  /** Null where there is nothing to count: `why` says so. */
  readonly sql: string | null;
  readonly numbers: readonly Recounted[];
  readonly why: string | null;
}

/** Everything about one alert that can be counted again. */
export interface AlertProof {
  readonly alertId: string;
  readonly ruleId: string;
  readonly subject: string;
  readonly transitions: readonly TransitionProof[];
}

/** Numbers that are not of a window: the hold clock, and what decays from the last return to 1. */
const notOfWindow = new Set(['heldMs', 'strength', 'lift', 'saidValue', 'saidReference']);

/** Doubles that were divided in another order may differ in their last digits. */
const isSame = (a: number, b: number): boolean =>
  a === b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));

/**
 * Counts the numbers of an alert's transitions again. Rejects with `not-found` if there is no such alert, and as
 * `ClickHouse.query` does.
 */
export async function prove(clickHouse: ClickHouse, alertId: string): Promise<AlertProof> {
  const transitions = await storedAlert(clickHouse, alertId);
  const [first] = transitions;
  if (first === undefined) throw new ResonantError('not-found', `history has no alert ${alertId}`);
  const keyspace = keyspaces.find((name) => name === first.keyspace);
  if (keyspace === undefined) throw new ResonantError('internal', `expected a keyspace, got ${first.keyspace}`);
  const changes = (await storedChanges(clickHouse, keyspace)).get(first.logPartition) ?? [];
  const lives = livesOf(changes.filter(({ ruleId }) => ruleId === first.ruleId));
  const last = await lastStored(clickHouse, keyspace, first.logPartition);
  const proofs: TransitionProof[] = [];
  for (const alert of transitions) {
    const { seq, transition, state, at, values } = alert;
    const head = { seq, transition, state, at };
    const life = lives.findLast(({ after }) => after < alert.tickOffset);
    const why =
      last !== null && last < alert.tickOffset
        ? 'the log is not stored up to the tick that decided it yet: ask again'
        : life === undefined
          ? 'the put of its rule is not in the stored log'
          : state.startsWith('rule-') || state === 'half-open'
            ? 'it has no window of its own'
            : null;
    if (life === undefined || why !== null) {
      proofs.push({ ...head, sql: null, numbers: [], why });
      continue;
    }
    const begun = lives.filter(({ isHeir, after }) => !isHeir && after <= life.after).at(-1) ?? life;
    const sql = statementOf(() => proofSql(alert, termAt(life, at).rule, { keyspace, after: begun.after }));
    if (sql instanceof NotCovered)
      proofs.push({ ...head, sql: null, numbers: [], why: `SQL cannot tell: ${sql.message}` });
    else proofs.push({ ...head, sql, numbers: await recounted(clickHouse, sql, values), why: null });
  }
  return { alertId, ruleId: first.ruleId, subject: first.subject, transitions: proofs };
}

function statementOf(make: () => string): string | NotCovered {
  try {
    return make();
  } catch (error) {
    if (error instanceof NotCovered) return error;
    throw error;
  }
}

/**
 * The last offset that is stored of a partition's log; null if none is any more. Each topic has a writer of its own, so an
 * alert may be stored before the signals that it follows from.
 */
async function lastStored(clickHouse: ClickHouse, keyspace: Keyspace, partition: number): Promise<number | null> {
  const [row] = await clickHouse.query<{ readonly last: number | null }>(
    'SELECT maxOrNull(offset) AS last FROM resonant.log WHERE keyspace = {keyspace:String} AND partition = {partition:UInt16}',
    { params: { keyspace, partition } },
  );
  return row?.last ?? null;
}

async function recounted(
  clickHouse: ClickHouse,
  sql: string,
  values: StoredAlert['values'],
): Promise<readonly Recounted[]> {
  const [row] = await clickHouse.query<Readonly<Record<string, number | null>>>(sql);
  return Object.entries(values)
    .filter(([name]) => !notOfWindow.has(name))
    .map(([name, stored]) => {
      const counted = row?.[name] ?? null;
      return { name, stored, counted, isSame: counted !== null && isSame(stored, Number(counted)) };
    });
}

/** A proof for people: each statement, and its result beside what is stored. */
export function proofText({ alertId, ruleId, subject, transitions }: AlertProof): string {
  const parts = transitions.flatMap(({ seq, transition, state, at, sql, numbers, why }) => [
    `-- ${seq}. ${transition} (${state}) at ${new Date(at).toISOString()}${why === null ? '' : `: ${why}`}`,
    ...(sql === null ? [] : [`${sql};`]),
    ...numbers.map(
      ({ name, stored, counted, isSame: same }) =>
        `-- ${name}: stored ${stored}, counted ${counted ?? 'nothing'}${same ? '' : '  DIFFERS'}`,
    ),
    '',
  ]);
  return [`-- alert ${alertId}: ${ruleId} ${subject}`, ...parts].join('\n');
}
