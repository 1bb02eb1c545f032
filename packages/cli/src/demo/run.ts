import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouse } from '@resonant/clickhouse';
import type { Log } from '@resonant/kafka';
import { createPlayer } from '@resonant/stream';
import { followAlerts, type StreamedAlert } from '../alert-feed.ts';
import { alertText } from '../alert-text.ts';
import { alertsInLog, transitionKey } from './alerts-in-log.ts';
import { instantOf, loadDay } from './day.ts';
import { deliveriesOf } from './delivery.ts';
import { compare, loadExpectation } from './expectation.ts';
import { compareHistory, historyDifferences, historyText } from './history.ts';
import { play } from './play.ts';
import { referenceDataApplied } from './reference-data.ts';
import { senderTo } from './sender.ts';
import { rowsText } from './show.ts';

/** Where a demo plays, and what it may use. */
export interface DemoSettings {
  /** Folder with day.yaml, expected.yaml and the texts. */
  readonly folder: string;
  readonly log: Log;
  readonly clickHouse: ClickHouse;
  /** Base URLs. */
  readonly ingestUrl: string;
  readonly gatewayUrl: string;
  readonly signalsUrl: string;
  readonly key: string;
  readonly githubSecret: string;
  /** Times as fast as the wall clock at most. */
  readonly speed: number;
  readonly signal: AbortSignal;
  readonly write: (line: string) => void;
}

/** A line says how far the day is after so much log time: while events come, and when only time passes. */
const progressMs = { busy: 3_600_000, quiet: 4 * 3_600_000 } as const;
/** A step may have to wait for a service that was killed to be there again. */
const stepPatienceMs = 120_000;
/** The stream from its beginning: everything that is kept. */
const everything = 'earliest';

/**
 * Plays the day and returns 0 if the alerts on the websocket are those expected and, transition for transition, those
 * that stand in Kafka, and ClickHouse holds as many; 1 if not; 2 if the log is past the day already.
 */
export async function runDemo(settings: DemoSettings): Promise<number> {
  const { folder, log, write, signal } = settings;
  const day = loadDay(join(folder, 'day.yaml'));
  const deliveries = deliveriesOf(day, {
    folder,
    github: { endpointId: 'community', secret: settings.githubSecret },
  });
  const [from, to] = [instantOf(day, day.from), Date.parse(day.to)];
  const player = await createPlayer({ log, timeoutMs: stepPatienceMs });
  const feed = openFeed(settings);
  try {
    if (player.now > to) {
      write(`The log is at ${iso(player.now)}, past the demo's day: start over with "npm start -- --fresh".`);
      return 2;
    }
    await referenceDataApplied(log, `${settings.signalsUrl}/v1/status`, signal);
    write(`Playing ${day.date}: ${deliveries.length} events, up to ${settings.speed} times as fast as the wall clock.`);
    let shownUntil = Number.NEGATIVE_INFINITY;
    await Promise.race([
      play({
        from,
        to,
        deliveries,
        send: senderTo(settings.ingestUrl, settings.key, signal),
        time: player,
        speed: settings.speed,
        signal,
        onProgress: (at, sent) => {
          if (at < shownUntil) return;
          shownUntil = at + (sent < deliveries.length ? progressMs.busy : progressMs.quiet);
          write(`${iso(at)}  ${sent} of ${deliveries.length} events`);
        },
      }),
      feed.failed,
    ]);
    return await verdict(settings, feed);
  } finally {
    feed.stop();
    await player.close();
  }
}

interface Feed {
  readonly seen: readonly StreamedAlert[];
  readonly failed: Promise<never>;
  stop(): void;
}

function openFeed({ gatewayUrl, key, signal, write }: DemoSettings): Feed {
  const seen: StreamedAlert[] = [];
  const own = new AbortController();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Whoever waits for the play learns it; nobody has to wait.
  failed.catch(() => undefined);
  followAlerts({
    url: gatewayUrl,
    key,
    from: everything,
    signal: AbortSignal.any([own.signal, signal]),
    onAlert: (alert) => {
      seen.push(alert);
      write(alertText(alert));
    },
    onGap: ({ reason }) => write(`The stream has a gap: ${reason}`),
    onState: (state, detail) => {
      if (state === 'reconnecting') write(`The alert stream reconnects: ${detail}`);
    },
  }).catch(reject);
  return { seen, failed, stop: () => own.abort() };
}

const arrivalPatienceMs = 30_000;

/** Waits until the stream has said what Kafka holds, then prints the table and compares both. */
async function verdict({ folder, log, clickHouse, write, signal }: DemoSettings, feed: Feed): Promise<number> {
  const inLog = await alertsInLog(log);
  const wanted = new Set(inLog.map(transitionKey));
  const deadline = performance.now() + arrivalPatienceMs;
  const missing = (): readonly string[] => {
    const arrived = new Set(feed.seen.map(transitionKey));
    return [...wanted].filter((key) => !arrived.has(key));
  };
  while (missing().length > 0 && performance.now() < deadline) await sleep(50, undefined, { signal });
  const rows = compare(loadExpectation(join(folder, 'expected.yaml')), firstOfEach(feed.seen));
  write('');
  write(rowsText(rows));
  write('');
  const unmet = rows.filter((row) => !row.isMet).length;
  const extra = feed.seen.filter((alert) => !wanted.has(transitionKey(alert))).length;
  const doubled = inLog.length - wanted.size;
  write(`${rows.length - unmet} of ${rows.length} lines as expected.`);
  write(
    `Kafka (read_committed): ${inLog.length} transitions, ${doubled} doubled; websocket: ${feed.seen.length} frames, ` +
      `${missing().length} missing, ${extra} that Kafka does not hold.`,
  );
  const history = await compareHistory(log, clickHouse, signal);
  write(historyText(history));
  return unmet + missing().length + extra + doubled + historyDifferences(history) === 0 ? 0 : 1;
}

/** The stream is at-least-once across reconnections; the table looks at transitions. */
const firstOfEach = (alerts: readonly StreamedAlert[]): readonly StreamedAlert[] => [
  ...new Map(alerts.map((alert) => [transitionKey(alert), alert])).values(),
];

const iso = (instant: number): string => new Date(instant).toISOString().slice(0, 16).replace('T', ' ');
