import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parameterValues, readQuestions } from '@resonant/clickhouse';
import { type Alert, alertsTopic } from '@resonant/contracts';
import { type MemoryLog, readTopic } from '@resonant/kafka';
import { compare, loadExpectation } from '../../packages/cli/src/demo/expectation.ts';
import { demoFolder, playDemoDay } from './demo-day.ts';
import { type HistoryAlone, startHistoryAlone } from './history-alone.ts';
import { storeLog } from './store.ts';

let history: HistoryAlone;
let log: MemoryLog;

beforeAll(async () => {
  [history, log] = await Promise.all([startHistoryAlone(7950), playDemoDay()]);
  await storeLog(log, history.clickHouse);
}, 180_000);

afterAll(() => history?.stop(), 60_000);

test("the day that is stored is the demo's: every alert of it, and no other", async () => {
  const alerts = (await readTopic(log, alertsTopic)).flatMap(({ value }) => {
    const { at, ...alert } = value as Alert;
    return { ...alert, at: new Date(at).toISOString() };
  });
  const rows = compare(loadExpectation(join(demoFolder, 'expected.yaml')), alerts);
  expect(rows.filter(({ isMet }) => !isMet)).toEqual([]);
  expect(rows).toHaveLength(30);
});

test('there are twenty questions, numbered without a gap', () => {
  expect(readQuestions().map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});

test.each(readQuestions().map((question) => [question.number, question.title.en, question] as const))(
  'question %i is answered as its page says: %s',
  async (_number, _title, question) => {
    const given = Object.fromEntries(question.parameters.map(({ name, demo }) => [name, demo]));
    const types = new Map(question.parameters.map(({ name, type }) => [name, type]));
    const answer = await history.clickHouse.ask(question.sql, { params: parameterValues(types, given, 0) });
    const rows: unknown[] = [];
    for await (const row of answer.rows()) rows.push(JSON.parse(row));
    expect({ columns: answer.columns.map(({ name }) => name), rows }).toEqual(question.answer);
  },
);
