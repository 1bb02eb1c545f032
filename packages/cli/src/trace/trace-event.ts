import type { ClickHouse } from '@resonant/clickhouse';
import { type clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Io } from '../command.ts';
import type { Connection } from '../connection.ts';
import { callGateway } from '../gateway-call.ts';
import { type InHistory, traceInHistory } from './in-history.ts';

/** What ingest remembers of an id. */
export interface InIngest {
  readonly state: 'being written' | 'stored';
  /** How much longer a copy is known for one, in ms. */
  readonly remembersMs: number;
}

/** Where the touchpoint stands in Kafka. */
export interface InLog {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** All that the stores know of an event; null = the store was asked and does not know it. */
export interface Trace {
  readonly eventId: string;
  readonly isFound: boolean;
  readonly ingest: InIngest | null;
  readonly log: InLog | null;
  readonly history: InHistory | null;
  /** Stores that could not be asked, and why. */
  readonly unasked: readonly { readonly store: string; readonly reason: string }[];
}

/** How a trace reaches the stores. */
export interface TraceSources {
  readonly connection: Connection;
  readonly clickHouse: { readonly [O in keyof typeof clickhouseOptions]?: string | undefined };
  readonly env: Io['env'];
  readonly signal: AbortSignal;
}

/** Prefix of ingest's claims. */
const claimPrefix = 'resonant:claim:';

/** Asks all stores at once; none keeps another from answering. */
export async function traceEvent(eventId: string, sources: TraceSources): Promise<Trace> {
  const unasked: { store: string; reason: string }[] = [];
  const ask = async <T>(store: string, work: () => Promise<T | null>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      sources.signal.throwIfAborted();
      unasked.push({ store, reason: (error as Error).message });
      return null;
    }
  };
  const [ingest, log, history] = await Promise.all([
    ask('ingest (Redis)', () => inIngest(eventId, sources)),
    ask('the log (through the gateway)', () => inLog(eventId, sources)),
    ask('history (ClickHouse)', () => withHistory(sources, (clickHouse) => traceInHistory(clickHouse, eventId))),
  ]);
  const isFound = ingest !== null || log !== null || history !== null;
  return { eventId, isFound, ingest, log, history, unasked: unasked.toSorted((a, b) => (a.store < b.store ? -1 : 1)) };
}

async function inIngest(eventId: string, { connection }: TraceSources): Promise<InIngest | null> {
  const { readClaim } = await import('@resonant/service');
  const claim = await readClaim(connection.redisUrl, claimPrefix, eventId);
  if (claim === undefined) return null;
  return { state: claim.isConfirmed ? 'stored' : 'being written', remembersMs: claim.remainingMs };
}

async function inLog(eventId: string, { connection, signal }: TraceSources): Promise<InLog | null> {
  const gateway = { url: connection.serviceUrl('gateway'), key: connection.key, signal };
  const path = `/v1/touchpoints/${encodeURIComponent(eventId)}`;
  const response = await callGateway(gateway, { method: 'GET', path });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`the gateway answers ${response.status}: ${(await response.text()).slice(0, 300)}`);
  return ((await response.json()) as { readonly position: InLog }).position;
}

async function withHistory<T>(sources: TraceSources, work: (clickHouse: ClickHouse) => Promise<T>): Promise<T> {
  const clickHouse = await historyOf(sources.clickHouse, sources.env, 'analyst');
  try {
    return await work(clickHouse);
  } finally {
    await clickHouse.close();
  }
}
