import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deadLettersTopic, positionsTopic, signalsTopic, topics, touchpointsTopic } from '@resonant/contracts';
import { lostRanges, type MemoryLog, memoryLog, skipLostRanges } from '@resonant/kafka';
import { buildApp, Components, createLogger, Health, Metrics } from '@resonant/service';
import { reachOf, signalsGroup } from '@resonant/stream';
import { statusRoutes } from '../src/status.ts';
import { tablesComponent } from '../src/tables.ts';
import { tasksComponent } from '../src/tasks.ts';
import { call, mail, post, t0, wordAnalyzer } from './knowledge.ts';
import { LogHarness, until } from './log-harness.ts';

const logger = createLogger('signals', 'silent');
const partitions = 2;

let log: MemoryLog;
let harness: LogHarness;
const services: Components[] = [];

/** The service without its process: every component but the server. */
async function startService(on: MemoryLog = log, analyzer = wordAnalyzer) {
  const service = new Components(new Health(), logger);
  services.push(service);
  const limits = { sessionTimeoutMs: 300 };
  const metrics = new Metrics();
  const tables = await service.start(tablesComponent(on, logger, metrics));
  const tasks = await service.start(tasksComponent({ log: on, tables, analyzer, logger, metrics, limits }));
  return { service, tables, tasks, metrics };
}

beforeEach(async () => {
  log = memoryLog();
  const admin = await log.admin();
  await admin.ensureTopics(topics, partitions);
  harness = await LogHarness.open(log);
  await harness.put('regions', 'north', { name: 'North' });
  await harness.put('teams', 'team-a', { name: 'A', regions: [{ regionId: 'north' }] });
  await harness.put('reps', 'rep-1', {
    name: 'Rep 1',
    teams: [{ teamId: 'team-a' }],
    emails: ['rep-1@vendor.example'],
  });
  await harness.put('accounts', 'acme', { name: 'Acme', owners: [{ repId: 'rep-1' }], domains: ['acme.example'] });
  await harness.put('talk-tracks', 'policy', { phrases: ['your rate is locked for two years'] });
});

afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
  await log.close();
});

const passed = () => until('every touchpoint to be passed', () => harness.isPassed());

describe('the service', () => {
  test('writes each signal to every keyspace whose key it has, with trace and CloudEvents headers', async () => {
    await startService();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await harness.touchpoints(
      'calls',
      [call(['rep: your rate is locked for two years', 'customer: great'], { leadId: 'l-1' })],
      {
        traceparent,
      },
    );
    await passed();
    const kinds = async (keyspace: 'account' | 'team' | 'region' | 'lead') =>
      (await harness.signals(keyspace, 'calls:1')).map(({ kind }) => kind).sort();
    const all = ['eligible-call', 'sentiment', 'talk-track'];
    expect(await kinds('account')).toEqual(all);
    expect(await kinds('team')).toEqual(all);
    expect(await kinds('region')).toEqual(all);
    expect(await kinds('lead')).toEqual(all);
    const [first] = await harness.read(signalsTopic('team'));
    expect(first?.key).toBe('team-a');
    expect(first?.headers).toMatchObject({
      ce_type: 'com.resonant.signal.v1',
      ce_source: '/services/signals',
      ce_time: new Date(t0 + 10_000).toISOString(),
      traceparent,
    });
  });

  test('puts aside what cannot be decoded, with its bytes, and goes on with what is behind it', async () => {
    const { metrics } = await startService();
    await harness.bytes('emails', 'k', Buffer.from('no avro'));
    await harness.touchpoints('emails', [mail({ text: 'great' })]);
    await passed();
    const letters = (await harness.read(deadLettersTopic)).flatMap(({ decoded }) =>
      decoded.type === 'DeadLetter' ? [decoded.value] : [],
    );
    expect(letters.length).toBe(1);
    expect(letters[0]).toMatchObject({
      source: 'signals',
      reason: 'undecodable-record',
      mediaType: 'text/plain',
      payload: Buffer.from('no avro'),
      key: Buffer.from('k'),
    });
    expect(letters[0]?.origin).toMatch(/^resonant\.touchpoints\.emails\.v1\/[01]\/0$/);
    expect((await harness.signals('account', 'emails:1')).map(({ kind }) => kind)).toEqual(['sentiment']);
    const rendered = await metrics.render();
    expect(rendered).toContain('resonant_signals_touchpoints_total{source="emails",outcome="dead-letter"} 1');
    expect(rendered).toContain('resonant_signals_touchpoints_total{source="emails",outcome="signals"} 1');
  });

  test('puts aside a touchpoint on which the analysis throws, without its words in the reason', async () => {
    const analyze: typeof wordAnalyzer.analyze = (input) => {
      if (input.text.includes('secret')) throw new RangeError(`cannot judge ${input.text}`);
      return wordAnalyzer.analyze(input);
    };
    await startService(log, { ...wordAnalyzer, analyze });
    await harness.touchpoints('forum', [post({ text: 'secret', author: call([]).parties[1] ?? post({}).author })]);
    await passed();
    const [letter] = await harness.read(deadLettersTopic);
    expect(letter?.decoded.value).toMatchObject({
      reason: 'unprocessable-touchpoint',
      detail: 'deriving signals threw a RangeError',
    });
  });

  test('counts a touchpoint that says nothing as processed', async () => {
    const { metrics } = await startService();
    await harness.touchpoints('forum', [post({ action: 'deleted' })]);
    // Offsets alone are committed lazily, so the position is looked at.
    const isPublished = async () =>
      (await harness.read(positionsTopic)).some(
        ({ decoded }) =>
          decoded.type === 'Position' &&
          decoded.value.topic === touchpointsTopic('forum') &&
          decoded.value.offset === 1,
      );
    await until('the position behind the post', isPublished);
    expect(await metrics.render()).toContain('resonant_signals_touchpoints_total{source="forum",outcome="deleted"} 1');
    expect(await harness.signals('account', 'forum:1')).toEqual([]);
  });

  test('sees every entry that was put before a touchpoint was accepted', async () => {
    await startService();
    for (let n = 0; n < 20; n++) {
      await harness.put('accounts', `a-${n}`, { name: `A ${n}`, domains: [`a-${n}.example`] });
      const from = { ...mail({}).from, email: `x@a-${n}.example` };
      await harness.touchpoints('emails', [mail({ eventId: `emails:${n}`, from, text: 'great' })]);
    }
    await passed();
    const accounts = (await harness.signals('account', 'emails:')).map(({ accountId }) => accountId);
    expect(accounts.toSorted()).toEqual(Array.from({ length: 20 }, (_, n) => `a-${n}`).toSorted());
  });

  test('a process that is killed in the middle and replaced gives each signal once', async () => {
    const count = 300;
    const doomed = memoryLog({ broker: log.broker });
    const { tasks } = await startService(doomed);
    for (let n = 0; n < count; n++) {
      await harness.touchpoints('emails', [mail({ eventId: `emails:${n}`, text: 'great' })]);
      if (n === count / 2) {
        expect(tasks.status().reduce((sum, task) => sum + task.passed, 0)).toBeGreaterThan(0);
        doomed.kill();
        await startService();
      }
    }
    await passed();
    const signals = await harness.signals('account', 'emails:');
    expect(signals.length).toBe(count);
    expect(new Set(signals.map(({ eventId }) => eventId)).size).toBe(count);
  });

  test('that was away for longer than touchpoints are kept says what is lost and how to go on, and then goes on', async () => {
    const topic = touchpointsTopic('emails');
    const first = await startService();
    await harness.touchpoints('emails', [mail({ text: 'great' })]);
    await passed();
    await first.service.stop();
    const admin = await log.admin();
    const before = await admin.offsets(topic);
    await harness.touchpoints('emails', [mail({ eventId: 'emails:2', text: 'great' })]);
    const after = await admin.offsets(topic);
    const partition = after.findIndex(({ latest }, index) => latest !== before[index]?.latest);
    const latest = after[partition]?.latest ?? 0;
    log.deleteBefore(topic, partition, latest);
    await expect(startService()).rejects.toThrow(
      `touchpoint tasks did not start: ${topic}/${partition}: offsets ${latest - 1} to ${latest - 1} are no longer kept ` +
        'and were never read. Restore the topic from a backup, or go on without what is lost: ' +
        `resonant offsets skip-lost --group resonant-signals --topic ${topic}`,
    );
    await skipLostRanges(log, signalsGroup, await lostRanges(admin, signalsGroup, [topic]));
    await startService();
    await harness.touchpoints('emails', [mail({ eventId: 'emails:3', text: 'great' })]);
    await passed();
    const events = (await harness.signals('account', 'emails:')).map(({ eventId }) => eventId);
    expect(events).toEqual(['emails:1', 'emails:3']);
  });

  test('whose committed offsets are gone begins nothing again: it says where it was and how to go on there', async () => {
    const topic = touchpointsTopic('emails');
    const first = await startService();
    for (let n = 0; n < 3; n++) await harness.touchpoints('emails', [mail({ eventId: `emails:${n}`, text: 'great' })]);
    await harness.touchpoints('forum', [post({ action: 'deleted' })]);
    const admin = await log.admin();
    const forum = touchpointsTopic('forum');
    const read = (await Promise.all([topic, forum].map((name) => admin.offsets(name)))).flat();
    await until('every position', async () => {
      const reached = await reachOf(log, signalsGroup);
      return read.every((range) => reached(range) === range.latest);
    });
    await first.service.stop();
    log.forgetOffsets(signalsGroup);
    const where = read
      .filter(({ latest }) => latest > 0)
      .map(
        ({ topic: name, partition, latest }) =>
          `${name}/${partition}: read up to offset ${latest}, and the group's committed offset is gone: ` +
          'to begin at 0 would say everything again',
      );
    const refusal = await startService().catch((error: Error) => error.message);
    for (const one of where) expect(refusal).toContain(one);
    expect(refusal).toContain(`resonant offsets skip-lost --group resonant-signals --topic `);
    const reached = await reachOf(log, signalsGroup);
    await skipLostRanges(log, signalsGroup, await lostRanges(admin, signalsGroup, [topic, forum], reached));
    await startService();
    await harness.touchpoints('emails', [mail({ eventId: 'emails:3', text: 'great' })]);
    await passed();
    const events = (await harness.signals('account', 'emails:')).map(({ eventId }) => eventId);
    expect(events.toSorted()).toEqual(['emails:0', 'emails:1', 'emails:2', 'emails:3']);
  });

  test('says in its status how far tables and touchpoints are', async () => {
    const { tables, tasks } = await startService();
    await harness.touchpoints('emails', [mail({ text: 'great' })]);
    await passed();
    const app = await buildApp({
      logger,
      metrics: new Metrics(),
      health: new Health(),
      routes: (server) => statusRoutes(server, tables, tasks),
    });
    const status = (await app.inject('/v1/status')).json<{
      tables: { topic: string; applied: { offset: number }[] }[];
      touchpoints: { topic: string; state: string; passed: number }[];
    }>();
    const applied = status.tables.map(({ topic, applied: offsets }) => [
      topic,
      offsets.reduce((sum, { offset }) => sum + offset, 0),
    ]);
    expect(applied).toEqual([
      ['resonant.directory.v1', 4],
      ['resonant.vocabulary.v1', 1],
    ]);
    expect(status.touchpoints.length).toBe(5 * partitions);
    expect(new Set(status.touchpoints.map(({ state }) => state))).toEqual(new Set(['running']));
    const emails = status.touchpoints.filter(({ topic }) => topic === touchpointsTopic('emails'));
    expect(emails.reduce((sum, task) => sum + task.passed, 0)).toBe(1);
    await app.close();
  });
});
