import type { ClickHouse } from './client/connect.ts';
import { together } from './together.ts';
import type { StreamName } from './writer/range.ts';
import type { StreamLedger } from './writer/start.ts';

/** Reads the ledger. */
export interface LedgerReader {
  /**
   * The chain of a stream's ranges in the topic's newest epoch, or in `leastEpoch` if that is newer. Calls that are made
   * together are one query.
   */
  stream(stream: StreamName, leastEpoch: number): Promise<StreamLedger>;
}

/** Reads what the ledger says. */
export function ledgerReader(clickHouse: ClickHouse): LedgerReader {
  const chainsOf = together(async (topics: readonly string[]) => {
    const rows = await clickHouse.query<Chain>(chainQuery, { params: { topics: [...new Set(topics)] } });
    const byTopic = Map.groupBy(rows, ({ topic }) => topic);
    return (topic: string) => byTopic.get(topic) ?? [];
  });
  return {
    stream: async (stream, leastEpoch) => {
      const { topic, partition } = stream;
      const chains = await chainsOf(topic);
      const epoch = Math.max(leastEpoch, ...chains.map((chain) => Number(chain.epoch)));
      const chain = chains.find((known) => Number(known.partition) === partition && Number(known.epoch) === epoch);
      if (chain === undefined) return { epoch, next: 0, last: null, behindGap: null };
      if (Number(chain.first) > 0) return { epoch, next: 0, last: null, behindGap: Number(chain.first) };
      if (Number(chain.isWhole))
        return { epoch, next: Number(chain.last[1]) + 1, last: rangeOf(chain.last), behindGap: null };
      const params = { topic, partition, epoch };
      const [gap] = await clickHouse.query<Gap>(gapQuery, { params });
      // its owner has closed it in between, or a range stands there twice
      if (gap === undefined) {
        return { epoch, next: Number(chain.last[1]) + 1, last: rangeOf(chain.last), behindGap: null };
      }
      if (Number(gap.next) <= Number(gap.before[1])) {
        throw new Error(`the ledger of ${topic}/${partition} holds ranges that overlap, near offset ${gap.next}`);
      }
      return { epoch, next: Number(gap.before[1]) + 1, last: rangeOf(gap.before), behindGap: Number(gap.next) };
    },
  };
}

/** first, last, records, rejected, token */
type RangeTuple = readonly [number, number, number, number, string];

interface Chain {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  readonly first: number;
  readonly last: RangeTuple;
  readonly isWhole: number;
}

interface Gap {
  readonly before: RangeTuple;
  /** First offset behind the gap. */
  readonly next: number;
}

/**
 * Ranges form one chain if every range but the first begins behind the end of another: the begins without the smallest
 * are the ends without the largest, one off. Equal sums of their hashes say so in one pass, without sorting.
 */
const chainQuery = `SELECT topic, epoch, partition, min(ledger.first) AS first,
  argMax((ledger.first, ledger.last, n_records, n_rejected, token), ledger.first) AS last,
  sumWithOverflow(sipHash64(ledger.first)) - sipHash64(min(ledger.first)) =
    sumWithOverflow(sipHash64(ledger.last + 1)) - sipHash64(max(ledger.last) + 1) AS isWhole
FROM resonant.ledger AS ledger
WHERE topic IN {topics:Array(String)}
GROUP BY topic, epoch, partition`;

/**
 * Where a chain breaks first: the range before that, and where the next one begins. A range that stands there twice, until
 * its writer has made it anew, is one.
 */
const gapQuery = `SELECT before, next FROM (
  SELECT first AS next,
    lagInFrame((first, last, n_records, n_rejected, token), 1) OVER (ORDER BY first ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before,
    row_number() OVER (ORDER BY first) AS number
  FROM (
    SELECT ledger.first AS first, ledger.last AS last, any(ledger.n_records) AS n_records, any(ledger.n_rejected) AS n_rejected,
      any(ledger.token) AS token
    FROM resonant.ledger WHERE topic = {topic:String} AND partition = {partition:UInt16} AND epoch = {epoch:UInt32}
    GROUP BY first, last
  )
) WHERE number > 1 AND next != before.2 + 1 ORDER BY next LIMIT 1`;

const rangeOf = ([first, last, nRecords, nRejected, token]: RangeTuple): StreamLedger['last'] => ({
  first: Number(first),
  last: Number(last),
  nRecords: Number(nRecords),
  nRejected: Number(nRejected),
  token,
});
