import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../src/command-line.ts';
import { rulesCheckCommand } from '../src/commands/rules-check.ts';
import { rulesTestCommand } from '../src/commands/rules-test.ts';
import { runCommand, runReplay } from './replay-run.ts';

const temporary = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(temporary, { recursive: true }));

const fileOf = (name: string, text: string | Buffer): string => {
  const file = join(temporary, name);
  writeFileSync(file, text);
  return file;
};

const rule = `
apiVersion: resonant/v1
id: lead-response
version: 1
keyspace: lead
subject: [leadId]
pattern:
  deadline:
    start: {when: "kind == 'lead-created'"}
    stop: {when: "kind == 'lead-response'"}
    within: 90s
actions:
  - {type: warning, to: supervisor, on: opened}
`;
const good = fileOf('good.yaml', rule);
const tick = (time: string): string => `{"type":"tick","at":"2026-03-02T${time}Z"}\n`;
const lead = (id: string, leadId = 'l1'): string =>
  `{"type":"signal","id":"${id}","kind":"lead-created","occurredAt":"2026-03-02T09:00:00Z","leadId":"${leadId}"}\n`;
const log = `${tick('09:00:00')}${lead('s1', '线索')}${tick('09:01:30')}`;

const inPieces = (bytes: Buffer, size: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

describe('resonant replay', () => {
  test('prints an alert and its action', async () => {
    const { code, out, err } = await runReplay(['--rules', good], log);
    expect(out.split('\n').map((line) => (line === '' ? '' : JSON.parse(line).type))).toEqual(['alert', 'action', '']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('leaves actions out on request, and sums up on stderr', async () => {
    const { out, err } = await runReplay(['--alerts-only', '--summary', '--rules', good], log);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(err)).toEqual({
      ...{ type: 'summary', signals: 1, used: 1, duplicates: 0, quarantined: 0, lateDropped: {} },
      alerts: { opened: 1, updated: 0, resolved: 0, withdrawn: 0 },
    });
  });

  test('reads a log in pieces of any size, with and without a line feed at the end', async () => {
    const whole = await runReplay(['--rules', good], log);
    const bytes = Buffer.from(log.trimEnd());
    for (const size of [1, 7, 64]) {
      expect(await runReplay(['--rules', good], inPieces(bytes, size))).toEqual(whole);
    }
    expect(await runReplay(['--rules', good], [Buffer.from(log), Buffer.alloc(0)])).toEqual(whole);
  });

  test('prints nothing of an empty log', async () => {
    const nothing = { code: 0, out: '', err: '' };
    expect(await runReplay(['--rules', good], [])).toEqual(nothing);
    expect(await runReplay(['--rules', good], [Buffer.alloc(0)])).toEqual(nothing);
  });

  test.each([
    ['a blank line', '\n'],
    ['no JSON', 'tick\n'],
    ['an unknown type', '{"type":"tock"}\n'],
    ['a mistyped field', '{"type":"tick","at":3}\n'],
  ])('stops at %s, names it, and keeps what was printed before', async (_, line) => {
    const { code, out, err } = await runReplay(['--rules', good, '--alerts-only', '--summary'], `${log}${line}${log}`);
    expect(code).toBe(2);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(err).toMatch(/^resonant replay: line 4: expected /);
  });

  test('stops at a line that is no UTF-8, in pieces of any size, instead of reading other letters', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${log}{"type":"rule","action":"delete","ruleId":"é"}\n{"type":"rule","action":"delete","ruleId":"`),
      Buffer.from('é"}\n', 'latin1'),
      Buffer.from(log),
    ]);
    for (const size of [1, 7, bytes.length]) {
      const { code, out, err } = await runReplay(['--rules', good, '--alerts-only'], inPieces(bytes, size));
      expect({ code, err }).toEqual({
        code: 2,
        err: 'resonant replay: line 5: expected text in UTF-8, got other bytes\n',
      });
      expect(out.trim().split('\n')).toHaveLength(1);
    }
  });

  test('stops at a line without end, and at one that is nested without end', async () => {
    const endless = Array.from({ length: 257 }, () => Buffer.alloc(1 << 16, 'x'));
    expect(await runReplay([], [Buffer.from(tick('09:00:00')), ...endless])).toEqual({
      ...{ code: 2, out: '' },
      err: 'resonant replay: line 2: expected a line of at most 16777216 bytes, got more\n',
    });
    const nested = `${'['.repeat(9999)}${']'.repeat(9999)}`;
    expect((await runReplay([], `{"type":${nested}}\n`)).err).toMatch(/^resonant replay: line 1: expected type tick, /);
    const put = `{"type":"rule","action":"put","rule":{"id":"deep","tests":${nested}}}\n`;
    expect(await runReplay(['--rules', good, '--alerts-only'], `${put}${log}`)).toMatchObject({
      ...{ code: 0, out: expect.stringContaining('"opened"') },
      err: 'resonant replay: line 1: rule deep is refused: document: expected at most 64 levels of nesting, got more\n',
    });
  });

  test('ends when it is interrupted while it waits for more of the log, with whole lines', async () => {
    const interrupted = new AbortController();
    const stdin = new PassThrough();
    let out = '';
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        out += String(chunk);
        interrupted.abort();
        done();
      },
    });
    stdin.write(`${log}{"type":`);
    const io = { stdin, stdout, stderr: new PassThrough(), env: {}, signal: interrupted.signal };
    expect(await runCommandLine(['replay', '--rules', good], io)).toBe(130);
    expect(out.split('\n').map((line) => (line === '' ? '' : JSON.parse(line).type))).toEqual(['alert', 'action', '']);
    expect(stdin.destroyed).toBe(true);
  });

  test('goes on after a refused rule of the log, and says which line put it', async () => {
    const put = `{"type":"rule","action":"put","rule":{"id":"lead-response","version":2}}\n`;
    const { code, out, err } = await runReplay(['--rules', good], `${put}${log}`);
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(2);
    expect(err).toMatch(/^resonant replay: line 1: rule lead-response is refused: .*pattern: expected/);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['a refused file', ['--rules', fileOf('bad.yaml', `${rule}colour: red\n`)], /bad\.yaml: refused: colour/],
    ['a file that is not there', ['--rules', join(temporary, 'none.yaml')], /ENOENT/],
    ['an unknown option', ['--speed', '9'], /--speed/],
    ['a stray word', ['log.jsonl'], /unexpected argument log\.jsonl/],
  ])('reads nothing and exits 2 for %s', async (_, args, message) => {
    const { code, out, err } = await runReplay(args, log);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  test('says so if a file gives a version that is not greater than that of a file before it', async () => {
    const same = fileOf('same.yaml', rule.replace('90s', '30s'));
    const { code, out, err } = await runReplay(['--rules', good, same, '--alerts-only'], log);
    expect([code, JSON.parse(out).at]).toEqual([0, '2026-03-02T09:01:30.000Z']);
    expect(err).toBe(`resonant replay: ${same}: ignored, version 1 of lead-response is in force by a file before it\n`);
    const next = fileOf('next.yaml', rule.replace('90s', '30s').replace('version: 1', 'version: 2'));
    const newer = await runReplay(['--rules', good, next, '--alerts-only'], log);
    expect([JSON.parse(newer.out).at, newer.err]).toEqual(['2026-03-02T09:00:30.000Z', '']);
  });

  test('explains itself with examples', async () => {
    const { code, out } = await runReplay(['--help'], '');
    expect(code).toBe(0);
    expect(out).toMatch(/Examples:\n {2}resonant replay/);
  });
});

describe('resonant rules check', () => {
  test('lists every problem of a file by path, and exits 1', async () => {
    const bad = fileOf('two.yaml', `${rule.replace('90s', '90')}colour: red\n`);
    const { code, out } = await runCommand(rulesCheckCommand, [good, bad], '');
    expect(code).toBe(1);
    expect(out).toMatch(/good\.yaml: lead-response version 1 is accepted/);
    expect(out).toMatch(/ {2}pattern\.deadline\.within: expected a duration such as .*, got 90\n/);
    expect(out).toMatch(/ {2}colour: expected no such field, got "red"/);
  });

  test('refuses a file that is no UTF-8', async () => {
    const gbk = fileOf(
      'gbk.yaml',
      Buffer.concat([Buffer.from(`${rule}title: {zh: `), Buffer.from('b8dfc1f77d', 'hex')]),
    );
    expect(await runCommand(rulesCheckCommand, [gbk], '')).toEqual({
      ...{ code: 1, err: '' },
      out: `${gbk}: refused\n  (document): expected text in UTF-8, got other bytes\n`,
    });
  });

  test('names the file that cannot be read, and exits 2', async () => {
    const { code, err } = await runCommand(rulesCheckCommand, [temporary], '');
    expect([code, err]).toEqual([2, expect.stringMatching(`^resonant rules check: ${temporary}: EISDIR`)]);
  });

  test('exits 2 when no file is named', async () => {
    expect((await runCommand(rulesCheckCommand, [], '')).code).toBe(2);
  });
});

describe('resonant rules test', () => {
  const withTest = (at: string): string =>
    `${rule}tests:\n  - name: overdue\n    log: |\n      2026-03-02T09:00:00Z lead-created leadId=l1; tick\n      2026-03-02T09:02:00Z tick\n    expect:\n      - {transition: opened, at: "${at}"}\n`;

  test('passes', async () => {
    const { code, out } = await runCommand(
      rulesTestCommand,
      [fileOf('t1.yaml', withTest('2026-03-02T09:01:30.000Z'))],
      '',
    );
    expect({ code, last: out.trim().split('\n').at(-1) }).toEqual({ code: 0, last: '1 passed, 0 failed' });
  });

  test('lists why a document is refused, a problem a line, and goes on with the next', async () => {
    const bad = fileOf('three.yaml', `${rule.replace('90s', '90')}colour: red\n`);
    const well = fileOf('t3.yaml', withTest('2026-03-02T09:01:30.000Z'));
    expect(await runCommand(rulesTestCommand, [bad, well], '')).toEqual({
      code: 2,
      out: `ok  ${well}: overdue\n1 passed, 0 failed\n`,
      err: `${bad}: refused\n  pattern.deadline.within: expected a duration such as 90s, 15m, 2h, 28d, got 90\n  colour: expected no such field, got "red"\n`,
    });
  });

  test('shows what was said instead, and the entry that caused it', async () => {
    const { code, out } = await runCommand(
      rulesTestCommand,
      [fileOf('t2.yaml', withTest('2026-03-02T09:01:31.000Z'))],
      '',
    );
    expect(code).toBe(1);
    expect(out).toMatch(
      /at is "2026-03-02T09:01:30\.000Z", expected "2026-03-02T09:01:31\.000Z".*by line 2 \(tick 2026-03-02T09:02:00\.000Z\)/,
    );
  });
});
