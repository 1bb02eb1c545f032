import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
        'value     heldMs = 7140000 (1h 59m)',
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
    expect(before.out).toContain('missing   a b-signal in the 3d before\n');
    const after = await why('resonance', 'accountId=acme', '2026-03-02T10:00:00Z', log);
    expect(after.out).toContain('value     strength = 1\n');
  });

  test('answers as of that time, though the next tick came long after it', async () => {
    const lead = '2026-03-02T09:00:00Z lead-created leadId=l1; tick\n2026-03-03T09:00:00Z tick';
    const waiting = await why('lead-response', 'leadId=l1', '2026-03-02T09:01:29.999Z', lead);
    expect(waiting.out).toBe(
      'instant   2026-03-02T09:01:29.999Z\nstanding  waiting\nvalue     elapsedMs = 89999 (1m 29.999s)\n' +
        'missing   the deadline: it is 2026-03-02T09:01:30.000Z\n',
    );
    const account = `2026-03-02T09:00:00Z sentiment accountId=acme channel=call polarity=-0.8; tick
      2026-03-02T10:00:00Z intent accountId=acme channel=forum intent=technical-consultation; tick
      2026-03-04T10:00:00Z tick`;
    const open = await why('resonance', 'accountId=acme', '2026-03-02T18:00:00Z', account);
    expect(open.out).toBe(
      'said      opened resonating at 2026-03-02T10:00:00.000Z, decided at 2026-03-02T10:00:00.000Z\n' +
        'said      updated fading at 2026-03-02T17:31:46.035Z, decided at 2026-03-04T10:00:00.000Z\n' +
        'instant   2026-03-02T18:00:00.000Z\nstanding  resonating\n' +
        'value     strength = 0.27825594\nvalue     lift = 1.612163068\nvalue     minutesBetween = 60\n',
    );
    const over = await why('resonance', 'accountId=acme', '2026-03-04T05:00:00Z', account);
    expect(over.out).toContain(
      'missing   a pair in order that differs in channel, later than the episode that ended at 2026-03-03T04:44:05.395Z\n',
    );
  });

  test('explains a rule with opening hours in a zone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'why-'));
    const file = join(folder, 'hours.yaml');
    const text = readFileSync(`${pack}rep-new-policy-usage.yaml`, 'utf8');
    writeFileSync(
      file,
      text.replace('grace: 2m', 'grace: 2m\nzone: Asia/Shanghai\ncalendar: {from: "09:00", to: "18:00"}'),
    );
    const log = `${parseTestLog(team).map(formatEntry).join('\n')}\n`;
    const at = '2026-03-02T09:30:00Z';
    const args = ['rep-new-policy-usage', '--subject', 'teamId=t1,repId=r1', '--at', at, '--rules', file];
    const { code, out } = await runCommand(whyCommand, args, log);
    rmSync(folder, { recursive: true });
    expect([code, out.trim().split('\n').at(-1)]).toEqual([0, 'missing   hold: 1h 29m of 2h']);
  });

  test('says what would be a breach', async () => {
    const well = await why('rep-new-policy-usage', 'teamId=t1,repId=r2', '2026-03-02T10:00:00Z', team);
    expect(well.out).toContain('missing   a breach: a value of at most 0.228571\n');
    const reads = `2026-03-04T02:00Z kb-read teamId=t1 repId=r1 activeSeconds=217 *3; tick\n2026-03-09T00:00Z tick`;
    const read = await why('kb-dwell', 'teamId=t1,repId=r1', '2026-03-08T16:00:00Z', reads);
    expect(read.out).toContain('missing   a breach: a value below 217\n');
    const mentions = `2026-03-01T09:00Z mention regionId=east competitor=globex *29; tick
      2026-03-10T09:00Z mention regionId=east competitor=globex *3; tick
      2026-03-11T09:00Z tick`;
    const surge = (at: string) => why('competitor-surge', 'regionId=east,labels.competitor=globex', at, mentions);
    expect((await surge('2026-03-02T09:00:00Z')).out).toContain(
      "standing  unknown, nothing open\nvalue     n = 29\nvalue     referenceN = 0\nmissing   history: 8d from the subject's first signal on\n",
    );
    expect((await surge('2026-03-10T09:00:00Z')).out).toContain('missing   a breach: 0 of 3 signals in 1d\n');
    expect((await surge('2026-03-10T09:15:00Z')).out).toContain('missing   a breach: 3 times as many as before\n');
  });

  test('tells a subject that has had no instant yet from one that is not known', async () => {
    const reads = `2026-03-04T02:00Z kb-read teamId=t1 repId=r1 activeSeconds=217; tick\n2026-03-09T00:00Z tick`;
    expect(await why('kb-dwell', 'teamId=t1,repId=r1', '2026-03-05T00:00:00Z', reads)).toMatchObject({
      code: 0,
      out: 'instant   2026-03-05T00:00:00.000Z\nstanding  not yet looked at\nmissing   an instant: the first is 2026-03-08T16:00:00.000Z\n',
    });
    expect((await why('kb-dwell', 'teamId=t1,repId=r2', '2026-03-05T00:00:00Z', reads)).out).toBe(
      'the rule knows no signal of this subject\n',
    );
  });

  test('says so where the log ends before that time', async () => {
    const log = '2026-03-02T09:00:00Z lead-created leadId=l1; tick';
    expect((await why('lead-response', 'leadId=l1', '2026-03-02T10:00:00Z', log)).out).toBe(
      'log       ends at 2026-03-02T09:00:00.000Z, so 2026-03-02T10:00:00.000Z is not decided\n' +
        'instant   2026-03-02T09:00:00.000Z\nstanding  waiting\nvalue     elapsedMs = 0 (0s)\n' +
        'missing   the deadline: it is 2026-03-02T09:01:30.000Z\n',
    );
  });

  test('names the fields that a subject has, and the rules that are in force', async () => {
    const log = '2026-03-02T09:00:00Z lead-created leadId=l1; tick';
    expect(await why('lead-response', 'repId=r1', '2026-03-02T09:00:00Z', log)).toMatchObject({
      code: 2,
      err: 'resonant why: expected --subject with leadId, got repId; see resonant why --help\n',
    });
    const files = ['lead-response', 'resonance'].map((name) => `${pack}${name}.yaml`);
    const args = ['lead', '--subject', 'leadId=l1', '--at', '2026-03-02T09:00:00Z', '--rules', ...files];
    expect(await runCommand(whyCommand, args, '')).toEqual({
      ...{ code: 1, err: '' },
      out: 'no rule lead is in force; in force: lead-response, resonance\n',
    });
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
    expect(await why('lead-response', 'leadId=l9', '2026-03-02T09:00:00Z', '2026-03-02T09:00:00Z tick')).toMatchObject({
      code: 1,
      out: 'the rule knows no signal of this subject\n',
    });
    expect((await runCommand(whyCommand, ['lead-response'], '')).code).toBe(2);
  });
});
