import { describe, expect, test } from '@jest/globals';
import { type ActionLine, type AlertLine, Engine, type LogEntry, type Output } from '@resonant/engine';
import { compileRule, parseTestLog } from '../src/index.ts';
import { outputsOf, putOf, signalOf } from './random-rules.ts';

const day = '2026-03-02T';
const ratioRule = {
  ...{ apiVersion: 'resonant/v1', id: 'r', version: 1, keyspace: 'team', subject: ['teamId', 'repId'] },
  pattern: {
    ratio: {
      numerator: { when: "kind == 'hit'" },
      denominator: { when: "kind == 'call'" },
      ...{ window: '10m', every: '1m', against: 'number', number: 0.5, side: 'below' },
      halfOpen: { after: '30m', trial: '60m' },
    },
  },
  actions: [{ type: 'intervention', to: 'supervisor', on: 'opened', due: '15m', escalateTo: 'director' }],
};
const log = (text: string): readonly LogEntry[] => [putOf(ratioRule), ...parseTestLog(text)];
const calls = `${day}08:00Z..${day}10:00Z/1m call teamId=t1 repId=r1`;
const acknowledged = (time: string, labels: Record<string, string>): LogEntry => ({
  type: 'signal',
  signal: signalOf({ id: `ack-${time}`, kind: 'acknowledgement', occurredAt: Date.parse(`${day}${time}Z`), labels }),
});
const opened = outputsOf(log(`${calls}; tick`)).find((it) => it.type === 'alert') as AlertLine;
const asked = outputsOf(log(`${calls}; tick`)).find((it) => it.type === 'action') as ActionLine;
const said = (outputs: readonly Output[]): readonly string[] =>
  outputs.map(
    (it) =>
      `${it.type === 'alert' ? `${it.transition} ${it.state}` : it.action} ${new Date(it.at).toISOString().slice(11, 19)}`,
  );

describe('an acknowledgement', () => {
  test.each([
    ['the tick that opened it came before', `${calls}; tick\n${day}10:01Z tick`],
    ['one tick opens it and takes both', `${calls}\n${day}10:01Z tick`],
  ])('makes an open breaker half-open at its own instant, where %s', (_, text) => {
    const entries = log(text);
    const ack = acknowledged('08:05:30', { alertId: opened.alertId });
    const place = entries.findIndex((entry) => entry.type === 'tick' && entry.at > Date.parse(`${day}08:05:00Z`));
    const lines = said(outputsOf([...entries.slice(0, place), ack, ...entries.slice(place)]));
    expect(lines.filter((line) => !line.startsWith('escalation'))).toEqual([
      'opened open 08:01:00',
      'intervention 08:01:00',
      'updated half-open 08:05:30',
      'updated open 09:06:00',
      'updated half-open 09:36:00',
    ]);
  });

  test('meets a due at its very millisecond, and not one later, also when one tick takes it and passes the due', () => {
    const head = `${day}08:00Z..${day}08:02Z/1m call teamId=t1 repId=r1; tick`;
    const whole = log(`${head}\n${day}08:03Z..${day}10:00Z/1m call teamId=t1 repId=r1\n${day}10:01Z tick`);
    for (const [time, missed] of [
      ['08:16:00.000', 0],
      ['08:16:00.001', 1],
    ] as const) {
      const ack = acknowledged(time, { actionId: asked.actionId });
      const outputs = outputsOf([...whole.slice(0, -1), ack, ...whole.slice(-1)]);
      expect(outputs.filter((it) => it.type === 'action' && it.action === 'escalation')).toHaveLength(missed);
    }
  });

  test('of nothing that is open is unused, and of an open alert or action used', () => {
    const engine = new Engine({ compile: compileRule });
    for (const entry of log(`${calls}; tick`)) engine.apply(entry);
    const { used, unused } = engine.counters;
    engine.apply(acknowledged('10:00:01', { alertId: 'f'.repeat(32) }));
    engine.apply(acknowledged('10:00:02', { alertId: opened.alertId }));
    engine.apply(acknowledged('10:00:03', { actionId: asked.actionId }));
    engine.apply({ type: 'tick', at: Date.parse(`${day}10:01:00Z`) });
    expect(engine.counters).toMatchObject({ used: used + 2, unused: unused + 1 });
  });
});
