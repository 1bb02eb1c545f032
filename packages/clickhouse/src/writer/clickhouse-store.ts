import type { ClickHouse } from '../client/connect.ts';
import type { Settings } from '../client/settings.ts';
import { type LedgerReader, ledgerReader } from '../ledger.ts';
import type { HashedTable } from '../migrations/hash-forms.ts';
import type { EngineFamily } from '../migrations/render.ts';
import { isInSpan, isRange, removal, spanParams } from '../removals.ts';
import { type IntakeEncoder, intakeEncoder } from '../rows/insert-body.ts';
import type { IntakeTable } from '../rows/intake-columns.ts';
import { rowFormat } from '../rows/row-binary.ts';
import { intakeTargets } from './intake-targets.ts';
import { type Span, type StreamName, spansOutside } from './range.ts';
import type { HistoryStore, RangeCount, RangeInsert } from './store.ts';

/** How long the engine works on one insert, in s: one that its client has given up goes on inside. */
const insertLimitSeconds = 50;
const rowLimit = 1_000_000;
const byteLimit = 1 << 30;

/**
 * Everything that an insert depends on, beside its rows: one block, so that a view sees the whole range at once; its
 * token, in every table that the views fill; nothing made up, left out or changed on the way.
 */
const insertSettings = (token: string): Settings => ({
  insert_deduplicate: 1,
  insert_deduplication_token: token,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  async_insert: 0,
  input_format_parallel_parsing: 0,
  max_insert_threads: 1,
  max_insert_block_size: rowLimit,
  min_insert_block_size_rows: rowLimit,
  min_insert_block_size_bytes: byteLimit,
  parallel_view_processing: 0,
  materialized_views_ignore_errors: 0,
  input_format_skip_unknown_fields: 0,
  input_format_null_as_default: 0,
  input_format_with_names_use_header: 1,
  input_format_with_types_use_header: 1,
  distributed_foreground_insert: 1,
  max_execution_time: insertLimitSeconds,
});

/** History in ClickHouse. One call of `insert` is one insert; nothing is tried again here. */
export function clickHouseStore(clickHouse: ClickHouse, family: EngineFamily): HistoryStore {
  const encoders = new Map<IntakeTable, IntakeEncoder<IntakeTable>>();
  const encoderOf = (table: IntakeTable): IntakeEncoder<IntakeTable> => {
    const encoder = encoders.get(table) ?? (intakeEncoder(table) as IntakeEncoder<IntakeTable>);
    encoders.set(table, encoder);
    return encoder;
  };
  const reader: LedgerReader = ledgerReader(clickHouse);
  return {
    ledger: (stream, leastEpoch) => reader.stream(stream, leastEpoch),
    insert: ({ table, range, rows }: RangeInsert) =>
      clickHouse.insertRaw({
        table: `resonant.${table}`,
        format: rowFormat,
        body: encoderOf(table).body(range, rows),
        settings: insertSettings(range.token),
      }),
    recount: (table, stream, epoch, span) => recount(clickHouse, table, stream, epoch, span),
    clear: async (table, stream, epoch, span, confirm) => {
      // Again while something is left: a part that was merged meanwhile has another name, and was passed over.
      for (;;) {
        const seen = await partsIn(clickHouse, intakeTargets[table], stream, epoch, span);
        await confirm();
        const unknown = spansOutside(await rangesIn(clickHouse, stream, epoch, span), span);
        let found = 0;
        for (const each of unknown) {
          const left = await partsIn(clickHouse, intakeTargets[table], stream, epoch, each);
          for (const [target, parts] of left) {
            found += parts.length;
            const known = seen.get(target) ?? [];
            if (known.length === 0) continue;
            const params = spanParams(stream, epoch, each);
            await clickHouse.command(removal.span(target, known, family), { params });
          }
        }
        if (found === 0) return;
      }
    },
    remove: async (table, stream, epoch, range, confirm) => {
      const params = spanParams(stream, epoch, range);
      for (;;) {
        const ranges = await partsOf(
          clickHouse,
          `SELECT DISTINCT _part AS part FROM resonant.ledger WHERE ${isRange}`,
          params,
        );
        const seen = await partsIn(clickHouse, intakeTargets[table], stream, epoch, range);
        if (ranges.length === 0 && seen.size === 0) return;
        await confirm();
        if (ranges.length > 0) await clickHouse.command(removal.range(ranges, family), { params });
        for (const [target, parts] of seen) {
          await clickHouse.command(removal.span(target, parts, family), { params });
        }
      }
    },
  };
}

/** The parts in which rows of a span stand, by table; tables without such rows are left out. */
async function partsIn(
  clickHouse: ClickHouse,
  tables: readonly HashedTable[],
  stream: StreamName,
  epoch: number,
  span: Span,
): Promise<ReadonlyMap<HashedTable, readonly string[]>> {
  const queries = tables.map(
    (table) => `SELECT DISTINCT '${table}' AS table, _part AS part FROM resonant.${table} WHERE ${isInSpan(table)}`,
  );
  const rows = await clickHouse.query<{ table: HashedTable; part: string }>(queries.join('\nUNION ALL\n'), {
    params: spanParams(stream, epoch, span),
  });
  const byTable = Map.groupBy(rows, ({ table }) => table);
  return new Map([...byTable].map(([table, found]) => [table, found.map(({ part }) => part)]));
}

async function partsOf(
  clickHouse: ClickHouse,
  statement: string,
  params: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const rows = await clickHouse.query<{ part: string }>(statement, { params });
  return rows.map(({ part }) => part);
}

/** Ranges of the ledger that meet a span, in order. */
async function rangesIn(
  clickHouse: ClickHouse,
  { topic, partition }: StreamName,
  epoch: number,
  { first, last }: Span,
): Promise<readonly Span[]> {
  const rows = await clickHouse.query<Span>(
    `SELECT ledger.first AS first, ledger.last AS last FROM resonant.ledger
     WHERE topic = {topic:String} AND partition = {partition:UInt16} AND epoch = {epoch:UInt32}
       AND ledger.last >= {first:UInt64} AND ledger.first <= {last:UInt64} ORDER BY first`,
    { params: { topic, partition, epoch, first, last } },
  );
  return rows.map((row) => ({ first: Number(row.first), last: Number(row.last) }));
}

async function recount(
  clickHouse: ClickHouse,
  intake: IntakeTable,
  stream: StreamName,
  epoch: number,
  span: Span,
): Promise<RangeCount> {
  const params = spanParams(stream, epoch, span);
  // A row that was erased on request counts as there: it is not to come back.
  const counts = intakeTargets[intake].map(
    (table) => `SELECT '${table}' AS table, (SELECT count() FROM resonant.${table} WHERE ${isInSpan(table)}) +
      (SELECT uniqExact(offset) FROM resonant.erasures
       WHERE table = '${table}' AND topic = {topic:String} AND partition = {partition:UInt16} AND epoch = {epoch:UInt32}
         AND offset BETWEEN {first:UInt64} AND {last:UInt64}
         AND offset GLOBAL NOT IN (SELECT offset FROM resonant.${table} WHERE ${isInSpan(table)})) AS n`,
  );
  // The ledger is asked first: an insert that ends in between may show rows that it did not, never the reverse.
  const ledger = await clickHouse.query<{ token: string; names: string[]; rows: number[] }>(
    `SELECT token, digests.table AS names, digests.n_rows AS rows FROM resonant.ledger
     WHERE ${isRange}`,
    { params },
  );
  const rows = await clickHouse.query<{ table: string; n: number }>(counts.join('\nUNION ALL\n'), { params });
  const [range] = ledger;
  return {
    ledger:
      range === undefined
        ? null
        : {
            token: range.token,
            rows: Object.fromEntries(range.names.map((name, index) => [name, range.rows[index] as number])),
            copies: ledger.length,
          },
    rows: Object.fromEntries(rows.map(({ table, n }) => [table, Number(n)])),
  };
}
