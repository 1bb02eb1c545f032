import { afterEach, describe, expect, test } from '@jest/globals';
import { alertsTopic } from '@resonant/contracts';
import { encodeCursor, logIdOf, type Positions } from '../../src/stream/cursor.ts';
import { MemoryStream, numberedIds } from '../support/memory-stream.ts';

let stream: MemoryStream | undefined;
afterEach(async () => {
  await stream?.close();
  stream = undefined;
});

const cursorOf = (positions: Positions, clusterId = 'memory'): string =>
  encodeCursor({ log: logIdOf(clusterId), positions });

const subscribe = (from?: string, id = 'a') => JSON.stringify({ type: 'subscribe', id, ...(from && { from }) });

describe('going on from a cursor', () => {
  test.each([
    ['from the ring', 32 << 20],
    ['from the log, then the ring', 20_000],
    ['from the log while the ring holds almost nothing', 2_500],
  ])('%s: each alert once, while more are stored', async (_where, ringBytes) => {
    stream = await MemoryStream.open({ ringBytes, before: 300 });
    const { socket, connection } = stream.connect();
    connection.receive(subscribe(cursorOf([20, 30])));
    for (let n = 0; n < 20; n += 1) await stream.store(5);
    await socket.until(() => socket.alertIds().length >= 350);
    await stream.store(1);
    await socket.until(() => socket.alertIds().length >= 351);
    expect(socket.frames[1]).toMatchObject({ type: 'subscribed', resumed: true });
    const sent = [...socket.alertIds()].sort();
    expect(new Set(sent).size).toBe(351);
    expect(sent.every((id) => numberedIds(0, 401).includes(id))).toBe(true);
    connection.ended();
  });

  test('a cut at any alert and resuming from its cursor gives the rest, exactly', async () => {
    stream = await MemoryStream.open({ ringBytes: 10_000, before: 60 });
    const whole = stream.connect();
    whole.connection.receive(subscribe('earliest'));
    await whole.socket.until(() => whole.socket.alertIds().length >= 60);
    for (const [cut, frame] of whole.socket.ofType('alert').entries()) {
      const { socket, connection } = stream.connect();
      connection.receive(subscribe(frame.cursor));
      await socket.until(() => socket.alertIds().length >= 59 - cut);
      const all = [...whole.socket.alertIds().slice(0, cut + 1), ...socket.alertIds()];
      expect(all.sort()).toEqual(numberedIds(0, 60));
      connection.ended();
    }
    whole.connection.ended();
  });

  test('that points to what is no longer kept says so, with both ends, before it goes on', async () => {
    stream = await MemoryStream.open({ ringBytes: 2_500, before: 100 });
    stream.log.deleteBefore(alertsTopic, 0, 30);
    const { socket, connection } = stream.connect();
    const from = cursorOf([10, 40]);
    connection.receive(subscribe(from));
    await socket.until(() => socket.alertIds().length >= 30);
    expect(socket.frames.slice(1, 3)).toMatchObject([
      { type: 'subscribed', resumed: false, cursor: cursorOf([30, 40]) },
      { type: 'gap', id: 'a', from, to: cursorOf([30, 40]), snapshotUrl: '/v1/alerts' },
    ]);
    expect(socket.frames[2]?.reason).toMatch(/no longer kept in 1 of 2 partitions/);
    expect(socket.alertIds()).toHaveLength(30);
    connection.ended();
  });

  test('says so, too, when retention overtakes a reader on its way', async () => {
    stream = await MemoryStream.open({ ringBytes: 2_500, before: 4_000 });
    const { socket, connection } = stream.connect();
    socket.stalled = true;
    connection.receive(subscribe('earliest'));
    await socket.until(() => socket.alertIds().length > 100);
    for (const partition of [0, 1]) stream.log.deleteBefore(alertsTopic, partition, 1_990);
    socket.flush();
    await socket.until(() => socket.ofType('gap').length > 0 && socket.alertIds().length > 120);
    await stream.store(1);
    const last = numberedIds(4_000, 4_001)[0] as string;
    await socket.until(() => socket.alertIds().includes(last));
    expect(socket.ofType('gap')).toHaveLength(1);
    expect(new Set(socket.alertIds()).size).toBe(socket.alertIds().length);
    connection.ended();
  });

  test.each([
    ['behind the end of this log', cursorOf([500, 0])],
    ['of another log, although its positions would fit', cursorOf([2, 3], 'another')],
    ['of an earlier release, which does not say its log', 'AQIDBJ9kp0c'],
    ['with another number of partitions', cursorOf([1, 2, 3])],
  ])('%s begins at the beginning, with a gap', async (_what, from) => {
    stream = await MemoryStream.open({ before: 10 });
    const { socket, connection } = stream.connect();
    connection.receive(subscribe(from));
    await socket.until(() => socket.alertIds().length >= 10);
    expect(socket.frames[2]).toMatchObject({ type: 'gap', from, to: cursorOf([0, 0]) });
    connection.ended();
  });
});

describe('a slow reader', () => {
  test('costs no more than its buffer, hears that it lags, and is cut after ten seconds', async () => {
    stream = await MemoryStream.open();
    const { socket, connection } = stream.connect();
    connection.receive(subscribe());
    await socket.until(() => socket.ofType('subscribed').length > 0);
    await stream.store(1);
    await socket.until(() => socket.alertIds().length >= 1);
    socket.stalled = true;
    await stream.store(2_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const sent = socket.alertIds().length;
    expect(sent).toBeLessThan(600);
    await stream.pass(2_000);
    connection.tick();
    expect(socket.ofType('lagging')).toMatchObject([{ id: 'a', behindMs: 2_000, queued: 2_001 - sent }]);
    await stream.pass(8_000);
    connection.tick();
    expect(socket.closed).toBeUndefined();
    await stream.pass(1);
    connection.tick();
    expect(socket.closed).toBe(4208);

    const resumed = stream.connect();
    resumed.connection.receive(subscribe(socket.ofType('alert').at(-1)?.cursor));
    await resumed.socket.until(() => resumed.socket.alertIds().length >= 2_001 - sent);
    expect([...socket.alertIds(), ...resumed.socket.alertIds()].sort()).toEqual(numberedIds(0, 2_001));
    resumed.connection.ended();
  });

  test('whose system buffers hide it is found by the ping that it does not answer', async () => {
    stream = await MemoryStream.open();
    const { socket, connection } = stream.connect();
    await stream.pass(5_000);
    connection.tick();
    expect([socket.pings, socket.ofType('ping').length]).toEqual([1, 1]);
    connection.ponged();
    await stream.pass(5_000);
    connection.tick();
    expect(socket.pings).toBe(2);
    await stream.pass(10_000);
    connection.tick();
    expect(socket.closed).toBeUndefined();
    await stream.pass(1);
    connection.tick();
    expect(socket.closed).toBe(4208);
  });
});

describe('frames', () => {
  test('that come while an earlier one is worked on are kept and answered in order', async () => {
    stream = await MemoryStream.open({ before: 4 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const { feed } = stream;
    const slow = { ...feed, ring: feed.ring, onAppend: feed.onAppend.bind(feed), catchUp: feed.catchUp.bind(feed) };
    const range = async () => {
      await promise;
      return feed.range();
    };
    const { socket, connection } = stream.connect({ feed: { ...slow, since: feed.since.bind(feed), range } });
    connection.receive(subscribe('earliest', 'first'));
    connection.receive(subscribe('latest', 'second'));
    connection.receive(JSON.stringify({ type: 'unsubscribe', id: 'first' }));
    await new Promise((done) => setTimeout(done, 10));
    expect(socket.frames).toHaveLength(1);
    resolve();
    await socket.until(() => socket.ofType('unsubscribed').length > 0);
    const answers = socket.frames.filter(({ type }) => type.endsWith('subscribed'));
    expect(answers.map(({ type, id }) => [type, id])).toEqual([
      ['subscribed', 'first'],
      ['subscribed', 'second'],
      ['unsubscribed', 'first'],
    ]);
    connection.ended();
  });

  test('that subscribe twice under one id, or too often, are refused', async () => {
    stream = await MemoryStream.open();
    const { socket, connection } = stream.connect({ limits: { maxSubscriptions: 2 } });
    for (const id of ['a', 'a', 'b', 'c']) connection.receive(subscribe('latest', id));
    await socket.until(() => socket.frames.length >= 5);
    expect(socket.frames.slice(1).map(({ type, id }) => [type, id])).toEqual([
      ['subscribed', 'a'],
      ['error', 'a'],
      ['subscribed', 'b'],
      ['error', 'c'],
    ]);
    connection.ended();
  });
});

describe('the key of a connection', () => {
  test('is watched: a warning a minute before its end, then 4301', async () => {
    stream = await MemoryStream.open({ expiresInMs: 120_000 });
    const { socket, connection } = stream.connect({ limits: { pingIntervalMs: 1_000_000 } });
    expect(socket.frames[0]).toMatchObject({ authExpiresAt: '2026-03-02T01:02:00.000Z' });
    const warnings: number[] = [];
    for (const ms of [59_000, 1_000, 1_000, 58_999]) {
      await stream.pass(ms);
      connection.tick();
      warnings.push(socket.ofType('authExpiring').length);
    }
    expect(warnings).toEqual([0, 1, 1, 1]);
    expect(socket.closed).toBeUndefined();
    await stream.pass(1);
    connection.tick();
    expect(socket.closed).toBe(4301);
  });
});
