import { setTimeout as sleep } from 'node:timers/promises';
import { connectClickHouse } from '@resonant/clickhouse';
import { eventHeaders, type Signal, signalsTopic } from '@resonant/contracts';
import { encoderFor } from '@resonant/kafka';
import { shippedRules } from '@resonant/rules';
import type { Product } from '../../support/product.ts';

const topic = signalsTopic('lead');
const chunk = 5000;

/** Answers to leads that nobody knows: every rule of the keyspace looks at them, and none says anything. */
const answer: Signal = {
  ...{ id: '', kind: 'lead-response', occurredAt: 0, channel: 'crm', accountId: null, contactId: null, repId: null },
  ...{ teamId: null, regionId: null, leadId: null, opportunityId: null, eventId: null },
  ...{ measures: {}, labels: { by: 'human' } },
};

/** Appends so many signals to the log of leads; resolves when history holds them, with the records of that log. */
export async function storeSignals(product: Product, count: number): Promise<number> {
  const { CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD } = product.stack.env;
  const clickHouse = connectClickHouse({
    ...{ url: CLICKHOUSE_URL, user: CLICKHOUSE_USER, password: CLICKHOUSE_PASSWORD, application: 'bench' },
  });
  const encode = await encoderFor(product.log, topic, 'Signal');
  const producer = await product.log.producer();
  for (let from = 0; from < count; from += chunk) {
    await producer.sendAll(
      Array.from({ length: Math.min(chunk, count - from) }, (_, k) => {
        const id = `stored-${from + k}`;
        const time = Date.now();
        const headers = eventHeaders({ id, type: 'signal', source: '/bench', time });
        return { topic, key: id, headers, value: encode({ ...answer, id, leadId: id, occurredAt: time }) };
      }),
    );
  }
  await producer.close();
  for (;;) {
    const [row] = await clickHouse.query<{ stored: number; records: number }>(
      `SELECT countIf(record_type = 'Signal' AND startsWith(key, 'stored-')) AS stored, count() AS records
       FROM resonant.log WHERE keyspace = 'lead'`,
    );
    if (row !== undefined && Number(row.stored) === count) {
      await clickHouse.close();
      return Number(row.records);
    }
    await sleep(500);
  }
}

/** Asks the gateway for one backtest of a shipped rule behind the other until it is told to end. */
export class Backtests {
  readonly tookMs: number[] = [];
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(product: Product) {
    this.#running = this.#run(product);
  }

  /** Resolves after the one that runs. Rejects if one was not answered with 200. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run({ api }: Product): Promise<void> {
    const document = shippedRules().find(({ id }) => id === 'lead-response')?.text;
    const range = new URLSearchParams({ from: iso(-3_600_000), to: iso(3_600_000), against: 'none' });
    while (!this.#isOver) {
      const began = performance.now();
      const response = await fetch(`${api.url}/v1/rules/lead-response/backtest?${range}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${api.key}`, 'content-type': 'application/yaml' },
        body: document ?? '',
      });
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      await response.arrayBuffer();
      this.tookMs.push(Math.round(performance.now() - began));
    }
  }
}

const iso = (fromNow: number): string => new Date(Date.now() + fromNow).toISOString();
