import type { ClickHouse } from '@resonant/clickhouse';
import { type DeadLetter, deadLettersTopic, isResonantError } from '@resonant/contracts';
import { type DamagedErasure, deadLetterIdOf, deadLetterRecords, type Log, readRecords } from '@resonant/kafka';

type Letter = Omit<DeadLetter, 'deadLetterId'>;

/** The letter that keeps a damaged record, with its bytes. */
function letterOf({ record, reason, detail }: DamagedErasure, at: number): Letter {
  return {
    source: 'history',
    origin: `${record.topic}/${record.partition}/${record.offset}`,
    reason,
    detail,
    at,
    mediaType: 'application/octet-stream',
    key: record.key,
    headers: record.headers,
    payload: record.value,
  };
}

/**
 * Puts damaged records of the topic of erasures aside, each once: they stand in their topic for good, so they come again
 * at each start. Returns those that were put aside now; resolves once these are durable. One of a type that this release
 * does not know is not put aside: a newer one reads it where it stands. Rejects with `log-unavailable`.
 */
export async function putAside(
  log: Log,
  clickHouse: ClickHouse,
  damaged: readonly DamagedErasure[],
  now: number,
): Promise<readonly DamagedErasure[]> {
  const letters = new Map(
    damaged
      .filter(({ reason }) => reason !== 'unknown-record-type')
      .map((one) => [deadLetterIdOf(letterOf(one, now)), one] as const),
  );
  for (const id of await storedIds(clickHouse, [...letters.keys()])) letters.delete(id);
  if (letters.size === 0) return [];
  const recordOf = await deadLetterRecords(log);
  // Before the look, so that of two processes at once the second sees what the first has written, or the first fails.
  const producer = await log.transactionalProducer('resonant-history-damaged-erasures');
  try {
    for (const id of await lettersIn(log)) letters.delete(id);
    const records = [...letters.values()].map((one) => recordOf(letterOf(one, now)));
    if (records.length > 0) await producer.commit({ records });
    return [...letters.values()];
  } catch (error) {
    // Another process has begun the same after this one.
    if (isResonantError(error, 'fenced')) return [];
    throw error;
  } finally {
    await producer.close();
  }
}

async function storedIds(clickHouse: ClickHouse, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await clickHouse.query<{ id: string }>(
    'SELECT DISTINCT dead_letter_id AS id FROM resonant.dead_letters WHERE has({ids:Array(String)}, dead_letter_id)',
    { params: { ids } },
  );
  return rows.map(({ id }) => id);
}

/** Ids of the letters that stand in their topic: history may not have stored the last ones yet. */
async function lettersIn(log: Log): Promise<readonly string[]> {
  const ids: string[] = [];
  await readRecords(log, deadLettersTopic, ({ headers }) => {
    // As `eventHeaders` writes it; an outcome has an id of its own.
    const id = headers.ce_id?.toString();
    if (id !== undefined) ids.push(id);
  });
  return ids;
}
