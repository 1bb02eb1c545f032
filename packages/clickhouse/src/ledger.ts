import type { ClickHouse } from './client/connect.ts';
import type { StreamName } from './writer/range.ts';
import type { StreamLedger } from './writer/start.ts';

/** Reads the ledger. */
export interface LedgerReader {
  /** The chain of a stream's ranges in the topic's newest epoch, or in `leastEpoch` if that is newer. */
  stream(stream: StreamName, leastEpoch: number): Promise<StreamLedger>;
}

interface Chain {
  readonly n: number;
  readonly least: number;
  readonly most: number;
  readonly isWhole: number;
}

interface LastRange {
  readonly first: number;
  readonly last: number;
  readonly nRecords: number;
  readonly token: string;
}

const rangesOf = `FROM resonant.ledger
WHERE topic = {topic:String} AND partition = {partition:UInt16} AND epoch = {epoch:UInt32}`;

/**
 * Ranges form one chain if every range but the first begins behind the end of another: the begins without the smallest
 * are the ends without the largest, one off. Equal sums of their hashes say so in one pass, without sorting.
 */
const chainQuery = `SELECT count() AS n, min(first) AS least, max(last) AS most,
  sumWithOverflow(sipHash64(first)) - sipHash64(least) = sumWithOverflow(sipHash64(last + 1)) - sipHash64(most + 1) AS isWhole
${rangesOf}`;

/** Where the chain breaks: end of the range before the first break, and what comes behind it. */
const breakQuery = `SELECT before AS last, first FROM (
  SELECT first, last, lagInFrame(last, 1, 0) OVER (ORDER BY first ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before,
    row_number() OVER (ORDER BY first) AS number
  ${rangesOf}
) WHERE number > 1 AND first != before + 1 ORDER BY first LIMIT 1`;

const lastQuery = `SELECT first, last, n_records AS nRecords, token ${rangesOf} AND last = {last:UInt64} LIMIT 1`;

/** Reads what the ledger says. */
export function ledgerReader(clickHouse: ClickHouse): LedgerReader {
  return {
    stream: async ({ topic, partition }, leastEpoch) => {
      const [known] = await clickHouse.query<{ epoch: number }>(
        'SELECT max(epoch) AS epoch FROM resonant.ledger WHERE topic = {topic:String}',
        { params: { topic } },
      );
      const epoch = Math.max(leastEpoch, Number(known?.epoch ?? 0));
      const params = { topic, partition, epoch };
      const [chain] = await clickHouse.query<Chain>(chainQuery, { params });
      if (chain === undefined || Number(chain.n) === 0) return { epoch, next: 0, last: null, behindGap: null };
      if (Number(chain.least) > 0) return { epoch, next: 0, last: null, behindGap: Number(chain.least) };
      let most = Number(chain.most);
      let behindGap: number | null = null;
      if (!Number(chain.isWhole)) {
        const [gap] = await clickHouse.query<{ last: number; first: number }>(breakQuery, { params });
        if (gap === undefined || Number(gap.first) <= Number(gap.last)) {
          throw new Error(`the ledger of ${topic}/${partition} holds ranges that overlap, near offset ${gap?.first}`);
        }
        most = Number(gap.last);
        behindGap = Number(gap.first);
      }
      const [last] = await clickHouse.query<LastRange>(lastQuery, { params: { ...params, last: most } });
      return { epoch, next: most + 1, last: last === undefined ? null : numbers(last), behindGap };
    },
  };
}

const numbers = ({ first, last, nRecords, token }: LastRange) => ({
  first: Number(first),
  last: Number(last),
  nRecords: Number(nRecords),
  token,
});
