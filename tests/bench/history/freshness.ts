import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouse } from '@resonant/clickhouse';
import { eventHeaders, signalsTopic } from '@resonant/contracts';
import { encoderFor, type Log } from '@resonant/kafka';

const topic = signalsTopic('account');
const everyMs = 20;
const lookEveryMs = 20;

export interface Freshness {
  readonly perSecond: number;
  readonly records: number;
  /** From the acknowledgement of Kafka until a query sees the row, ms. */
  readonly p50: number;
  readonly p99: number;
}

/** Appends signals at a rate to all partitions and asks ClickHouse again and again which it has. */
export async function freshnessAt(
  log: Log,
  clickHouse: ClickHouse,
  perSecond: number,
  seconds: number,
): Promise<Freshness> {
  const encode = await encoderFor(log, topic, 'Signal');
  const producer = await log.producer();
  const waiting = new Map<string, number>();
  const took: number[] = [];
  let isOver = false;
  const look = async (): Promise<void> => {
    while (!isOver || waiting.size > 0) {
      const rows = await clickHouse.query<{ partition: number; last: number }>(
        "SELECT partition, max(offset) AS last FROM resonant.log WHERE keyspace = 'account' GROUP BY partition",
      );
      const now = performance.now();
      const last = new Map(rows.map((row) => [Number(row.partition), Number(row.last)]));
      for (const [place, appendedAt] of waiting) {
        const [partition, offset] = place.split('/').map(Number) as [number, number];
        if (offset > (last.get(partition) ?? -1)) continue;
        waiting.delete(place);
        took.push(now - appendedAt);
      }
      await sleep(lookEveryMs);
    }
  };
  const looking = look();
  const began = performance.now();
  const batch = Math.round((perSecond * everyMs) / 1000);
  for (let round = 0; round * everyMs < seconds * 1000; round++) {
    const records = Array.from({ length: batch }, (_, index) => {
      const id = `b${round}-${index}`;
      const time = Date.now();
      const headers = eventHeaders({ id, type: 'signal', source: '/bench', time });
      return { topic, key: id, headers, value: encode({ ...plainSignal, id, occurredAt: time }) };
    });
    for (const { partition, offset } of await producer.sendAll(records)) {
      waiting.set(`${partition}/${offset}`, performance.now());
    }
    const aheadMs = (round + 1) * everyMs - (performance.now() - began);
    if (aheadMs > 0) await sleep(aheadMs);
  }
  isOver = true;
  await looking;
  await producer.close();
  took.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(took[Math.floor(took.length * share)] as number);
  return { perSecond, records: took.length, p50: at(0.5), p99: at(0.99) };
}

const plainSignal = {
  ...{
    kind: 'sentiment',
    channel: 'call',
    accountId: 'acme',
    contactId: null,
    repId: null,
    teamId: null,
    regionId: null,
  },
  ...{ leadId: null, opportunityId: null, eventId: null, measures: { polarity: -0.5 }, labels: {} },
} as const;
