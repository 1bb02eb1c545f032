import { beforeEach, describe, expect, test } from '@jest/globals';
import type { StreamStatus } from '@resonant/clickhouse';
import { Metrics } from '@resonant/service';
import { Progress } from '../src/progress.ts';
import { streamMetrics } from '../src/stream-metrics.ts';

const stream: StreamStatus = {
  topic: 'resonant.alerts.v1',
  partition: 0,
  state: 'running',
  reason: null,
  epoch: 0,
  next: 10,
  passed: 12,
  bufferedRecords: 0,
  bufferedBytes: 0,
  oldestAppendedAt: null,
  pendingSince: null,
};

let streams: readonly StreamStatus[];
let latest: number;
let progress: Progress;
let metrics: Metrics;
const admin = { offsets: async (topic: string) => [{ topic, partition: 0, earliest: 0, latest }] };

beforeEach(() => {
  metrics = new Metrics();
  streams = [stream];
  latest = 12;
  progress = new Progress(streamMetrics(metrics).gauges, { topics: [stream.topic], streams: () => streams });
});

describe('progress', () => {
  test('what was read and holds no record is no lag', async () => {
    await progress.look(admin, 0);
    expect(progress.streams(0)).toMatchObject([{ end: 12, lag: 0, lagMs: 0 }]);
  });

  test('what is read and not stored is lag, as old as its oldest record', async () => {
    streams = [{ ...stream, bufferedRecords: 2, oldestAppendedAt: 4000 }];
    await progress.look(admin, 5000);
    expect(progress.streams(5000)).toMatchObject([{ end: 12, lag: 2, lagMs: 1000 }]);
    expect(await metrics.render()).toContain('resonant_history_lag_seconds{topic="resonant.alerts.v1",partition="0"}');
  });

  test.each([
    ['retrying', 'no answer', /alerts\.v1\/0 is trying again: no answer/],
    ['stopped', 'the topic was made anew', /alerts\.v1\/0 is stopped: the topic was made anew/],
  ] as const)('a partition that is %s makes the process not ready, with the reason', (state, reason, text) => {
    streams = [{ ...stream, state, reason }];
    expect(progress.problem(0)).toMatch(text);
  });

  test('work that lies still for 20 s makes the process not ready, until it moves', async () => {
    latest = 15;
    await progress.look(admin, 0);
    await progress.look(admin, 19_999);
    expect(progress.problem(19_999)).toBeUndefined();
    expect(progress.problem(20_000)).toMatch(/3 records behind and has not moved from offset 10 for 20000 ms/);
    streams = [{ ...stream, next: 11, passed: 12 }];
    await progress.look(admin, 20_500);
    expect(progress.problem(20_500)).toBeUndefined();
  });

  test('nothing to do is no standstill', async () => {
    await progress.look(admin, 0);
    await progress.look(admin, 60_000);
    expect(progress.problem(60_000)).toBeUndefined();
  });

  test('a partition that another process owns now counts 0 here', async () => {
    await progress.look(admin, 0);
    streams = [];
    await progress.look(admin, 1000);
    const text = await metrics.render();
    expect(text).toContain('resonant_history_position{topic="resonant.alerts.v1",partition="0"} 0');
    expect(text).toContain('resonant_history_state{topic="resonant.alerts.v1",partition="0",state="running"} 0');
  });
});
