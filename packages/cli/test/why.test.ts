import { describe, expect, test } from '@jest/globals';
import { formatEntry } from '@resonant/engine';
import { parseTestLog } from '@resonant/rules';
import { whyCommand } from '../src/commands/why.ts';
import { runCommand } from './replay-run.ts';

const pack = new URL('../../rules/rules/', import.meta.url).pathname;
const why = (rule: string, subject: string, at: string, log: string) =>
  runCommand(
    whyCommand,
    [rule, '--subject', subject, '--at', at, '--rules', `${pack}${rule}.yaml`],
    `${parseTestLog(log).map(formatEntry).join('\n')}\n`,
  );

const calls = (reps: string) =>
  `2026-03-02T08:00Z..2026-03-02T11:00Z/5m eligible-call repId=r1 teamId=t1 track=new-policy *5; ${reps}; tick`;
const hit = (rep: string) =>
  `eligible-call repId=${rep} teamId=t1 track=new-policy; talk-track repId=${rep} teamId=t1 track=new-policy`;
const team = calls([hit('r2'), hit('r3'), hit('r4')].join('; '));

describe('resonant why', () => {
  test('shows the numbers of an instant and how far the hold clock had come', async () => {
    const { code, out } = await why('rep-new-policy-usage', 'teamId=t1,repId=r1', '2026-03-02T10:00:30Z', team);
    expect([code, out.split('\n')]).toEqual([
      0,
      [
        'instant   2026-03-02T10:00:00.000Z',
        'standing  breach, nothing open',
        'value     n = 0',
        'value     d = 60',
        'value     value = 0',
        'value     reference = 1',
        'value     heldMs = 7140000',
        'value     referenceN = 36',
        'value     referenceD = 36',
        'value     members = 4',
        'missing   hold: 1h 59m of 2h',
        '',
      ],
    ]);
  });

  test('says what was said once it is open', async () => {
    const { out } = await why('rep-new-policy-usage', 'teamId=t1,repId=r1', '2026-03-02T10:01:00Z', team);
    expect(out).toContain('said      opened open at 2026-03-02T10:01:00.000Z');
    expect(out).toContain('standing  breach, open\n');
    expect(out).not.toContain('missing');
  });

  test('names the reference that is missing', async () => {
    const { out } = await why('rep-new-policy-usage', 'teamId=t1,repId=r1', '2026-03-02T10:00:00Z', calls(hit('r2')));
    expect(out).toContain('standing  unknown, nothing open\n');
    expect(out).toContain('missing   a reference to compare with\n');
  });

  test('tells a deadline that runs from one that was met', async () => {
    const log = `2026-03-02T09:00:00Z lead-created leadId=l1; tick
      2026-03-02T09:00:30Z tick
      2026-03-02T09:01:00Z lead-response leadId=l1 by=human; tick
      2026-03-02T09:05:00Z tick`;
    const before = await why('lead-response', 'leadId=l1', '2026-03-02T09:00:30Z', log);
    expect(before.out).toContain('missing   the deadline: it is 2026-03-02T09:01:30.000Z\n');
    const after = await why('lead-response', 'leadId=l1', '2026-03-02T09:05:00Z', log);
    expect(after.out).toContain(
      'missing   a start that is not stopped: the last stop came at 2026-03-02T09:01:00.000Z\n',
    );
  });

  test('names the half of a pair that is missing, and the strength of what is open', async () => {
    const log = `2026-03-02T09:00:00Z sentiment accountId=acme channel=call polarity=-0.8; tick
      2026-03-02T10:00:00Z intent accountId=acme channel=forum intent=technical-consultation; tick
      2026-03-02T10:30:00Z tick`;
    const before = await why('resonance', 'accountId=acme', '2026-03-02T09:00:00Z', log);
    expect(before.out).toContain('missing   a b-signal within\n');
    const after = await why('resonance', 'accountId=acme', '2026-03-02T10:00:00Z', log);
    expect(after.out).toContain('value     strength = 1\n');
  });

  test('takes a line separator inside a text for no end of a line', async () => {
    const signal = { type: 'signal', id: 'one\u2028two', kind: 'lead-created', leadId: 'l1' };
    const log = [
      { ...signal, occurredAt: '2026-03-02T09:00:00Z' },
      { type: 'tick', at: '2026-03-02T09:00:30Z' },
    ];
    const { code, out } = await runCommand(
      whyCommand,
      [
        'lead-response',
        '--subject',
        'leadId=l1',
        '--at',
        '2026-03-02T09:00:30Z',
        '--rules',
        `${pack}lead-response.yaml`,
      ],
      log.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    expect(code).toBe(0);
    expect(out).toContain('missing   the deadline: it is 2026-03-02T09:01:30.000Z\n');
  });

  test('exits with 1 for a subject that is not known, with 2 for a wrong call', async () => {
    expect(await why('lead-response', 'leadId=l9', '2026-03-02T09:05:00Z', '2026-03-02T09:00:00Z tick')).toMatchObject({
      code: 1,
      out: 'the rule knows no signal of this subject\n',
    });
    expect((await runCommand(whyCommand, ['lead-response'], '')).code).toBe(2);
  });
});
