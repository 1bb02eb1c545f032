import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { alertsTopic, type Decoded, signalsTopic, touchpointsTopic } from '@resonant/contracts';
import { decoderFor } from '@resonant/kafka';
import { WebSocket } from 'ws';
import { startProduct } from '../../support/product.ts';
import { Backtests, storeSignals } from './backtests.ts';

const help = `Measures POST → alert on the websocket at a steady rate, on a stack of its own.

  npm run bench:latency -- [--rate 100] [--seconds 60] [--backtest SIGNALS]

Each event answers a lead that is overdue, so each resolves one alert. Takes two minutes more than the seconds given.
With --backtest so many signals are stored first, and the gateway runs one backtest over them behind the other meanwhile.
`;

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
    backtest: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const [rate, seconds, stored] = [Number(values.rate), Number(values.seconds), Number(values.backtest)];
if (!(rate > 0 && Number.isInteger(rate * seconds) && stored >= 0 && Number.isInteger(stored))) {
  process.stderr.write(
    `--rate, --seconds and --backtest expect whole numbers, got ${values.rate}, ${values.seconds} and ${values.backtest}\n`,
  );
  process.exit(2);
}
/** Resolves at an instant of `performance.now()`, at once if it is over. */
const until = (instant: number): Promise<void> => sleep(Math.max(0, instant - performance.now()));
const product = await startProduct(7760, 'wall');
const answered = new Map<string, number>();
const latencies: number[] = [];
const responses: number[] = [];

const socket = new WebSocket(`${product.services.urls.gateway.replace(/^http/, 'ws')}/v1/stream`, 'resonant.v1', {
  headers: { authorization: `Bearer ${product.api.key}` },
});
const subscribed = Promise.withResolvers<void>();
socket.on('message', (data) => {
  const frame = JSON.parse(String(data)) as {
    type: string;
    alert?: { transition: string; subject: { leadId: string } };
  };
  if (frame.type === 'welcome') socket.send(JSON.stringify({ type: 'subscribe', id: 'bench', from: 'latest' }));
  if (frame.type === 'ping') socket.send(JSON.stringify({ type: 'pong' }));
  if (frame.type === 'subscribed') subscribed.resolve();
  const sentAt = frame.alert?.transition === 'resolved' ? answered.get(frame.alert.subject.leadId) : undefined;
  if (sentAt !== undefined) latencies.push(performance.now() - sentAt);
});
await subscribed.promise;

async function post(event: Readonly<Record<string, unknown>>): Promise<void> {
  const sentAt = performance.now();
  const response = await fetch(`${product.services.urls.ingest}/v1/touchpoints/crm`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.api.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  await response.arrayBuffer();
  responses.push(performance.now() - sentAt);
}

// Leads are created now and become overdue 90 s later; from then on each answer resolves one alert, at once.
const count = rate * seconds;
const created = new Date().toISOString();
const overdueAt = performance.now() + 90_000;
for (let n = 0; n < count; n += 50) {
  await Promise.all(
    Array.from({ length: Math.min(50, count - n) }, (_, k) =>
      post({ id: `created-${n + k}`, type: 'lead-created', leadId: `bench-${n + k}`, occurredAt: created }),
    ),
  );
}
const records = stored > 0 ? await storeSignals(product, stored) : 0;
await until(overdueAt + 5000);
const backtests = stored > 0 ? new Backtests(product) : undefined;

const started = performance.now();
const posts: Promise<void>[] = [];
for (let n = 0; n < count; n += 1) {
  const due = started + (n * 1000) / rate;
  if (due > performance.now()) await until(due);
  answered.set(`bench-${n}`, performance.now());
  posts.push(
    post({
      id: `answered-${n}`,
      type: 'lead-response',
      by: 'human',
      leadId: `bench-${n}`,
      occurredAt: new Date(Date.now() - 1).toISOString(),
    }),
  );
}
await Promise.all(posts);
const deadline = performance.now() + 10_000;
while (latencies.length < count && performance.now() < deadline) await sleep(50);
socket.close();
await backtests?.end();

/** Append time of each lead's answer in a topic. */
async function appended(topic: string, leadOf: (decoded: Decoded) => string | undefined): Promise<Map<string, number>> {
  const decoder = decoderFor(product.log);
  const times = new Map<string, number>();
  const follower = await product.log.follow({
    topic,
    onRecords: async (_, records) => {
      for (const { value, timestamp } of records) {
        if (value === null) continue;
        const lead = leadOf(await decoder.read(value));
        if (lead !== undefined) times.set(lead, timestamp);
      }
    },
  });
  await follower.caughtUp;
  await follower.stop();
  return times;
}
const touchpoints = await appended(touchpointsTopic('crm'), ({ type, value }) =>
  type === 'CrmTouchpoint' && value.type === 'lead-response' ? (value.leadId ?? undefined) : undefined,
);
const signals = await appended(signalsTopic('lead'), ({ type, value }) =>
  type === 'Signal' && value.kind === 'lead-response' ? (value.leadId ?? undefined) : undefined,
);
const alerts = await appended(alertsTopic, ({ type, value }) =>
  type === 'Alert' && value.transition === 'resolved' ? value.subject.leadId : undefined,
);
await product.stop();

const shown = (values: readonly number[]): string => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => `${Math.round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN)} ms`;
  return `p50 ${at(0.5)}   p90 ${at(0.9)}   p99 ${at(0.99)}   max ${at(0.999999)}`;
};
const between = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): readonly number[] =>
  [...a].flatMap(([lead, from]) => (b.has(lead) ? [(b.get(lead) as number) - from] : []));
console.log(`${latencies.length} of ${count} alerts at ${rate}/s for ${seconds} s`);
console.log(`POST sent → alert on the websocket   ${shown(latencies)}`);
console.log(`  POST sent → 201                    ${shown(responses.slice(-count))}`);
console.log(`  touchpoint → signal appended       ${shown(between(touchpoints, signals))}`);
console.log(`  signal → alert appended            ${shown(between(signals, alerts))}`);
if (backtests !== undefined) {
  const took = backtests.tookMs.toSorted((a, b) => a - b);
  console.log(
    `${took.length} backtests over ${records} records and more meanwhile, each ${took[0]} to ${took.at(-1)} ms`,
  );
}
process.exit(latencies.length === count ? 0 : 1);
