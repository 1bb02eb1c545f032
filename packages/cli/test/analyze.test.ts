import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { analyzeCommand } from '../src/commands/analyze.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'analyze-'));
});
afterAll(() => rm(folder, { recursive: true }));

const run = async (stdin: string | Buffer, args: readonly string[] = []) => {
  const collect = (stream: PassThrough) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  };
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const out = collect(stdout);
  const err = collect(stderr);
  const code = await analyzeCommand.run(args, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout,
    stderr,
    env: {},
    signal: new AbortController().signal,
  });
  return { code, out: out(), err: err() };
};

const vocabularyFile = async (name: string, content: unknown): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

describe('resonant analyze', () => {
  test('answers each line in order with language, polarity, intents and talk-tracks', async () => {
    const vocabulary = await vocabularyFile('ok.json', { talkTracks: [{ id: 'trial', phrases: ['free trial'] }] });
    const { code, out, err } = await run(
      '{"id":"a","text":"🙂 Start your Free Trial","channel":"email"}\r\n{"id":"b","text":"请问支持单点登录吗？","channel":"call","language":"zh"}\n',
      ['--vocabulary', vocabulary],
    );
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect({ code, err, ids: lines.map((line) => line.id), languages: lines.map((line) => line.language) }).toEqual({
      code: 0,
      err: '',
      ids: ['a', 'b'],
      languages: ['en', 'zh'],
    });
    expect(lines[0].talkTracks).toEqual([{ id: 'trial', phrase: 'free trial', start: 14, end: 24 }]);
    expect(Object.keys(lines[1])).toEqual(['id', 'language', 'polarity', 'intents', 'talkTracks']);
    expect(Object.keys(lines[1].polarity)).toEqual(['label', 'score']);
    expect(Object.keys(lines[1].intents)).toEqual(['technical-consultation', 'request']);
  });

  test('takes the last line without a line feed and a byte order mark before the first', async () => {
    const { code, out } = await run(
      '\ufeff{"id":"a","text":"hi","channel":"email"}\n{"id":"b","text":"ho","channel":"email"}',
    );
    expect({ code, lines: out.trimEnd().split('\n').length }).toEqual({ code: 0, lines: 2 });
  });

  test.each([
    ['no JSON', '{"id":', 'expected a JSON object in UTF-8'],
    ['a blank line', '', 'found a blank line'],
    ['a missing text', '{"id":"x","channel":"email"}', 'text: '],
    ['a missing channel', '{"id":"x","text":"hi"}', 'channel: '],
    ['a text that is a number', '{"id":"x","text":5,"channel":"email"}', 'text: '],
    ['another language', '{"id":"x","text":"salut","channel":"email","language":"fr"}', 'language: '],
    ['a list', '[]', 'expected object'],
  ])('names a line with %s, answers the others and exits with 2', async (_, bad, message) => {
    const good = '{"id":"g","text":"fine","channel":"email"}';
    const { code, out, err } = await run(`${good}\n${bad}\n${good}\n`);
    expect(code).toBe(2);
    expect(out.trimEnd().split('\n').length).toBe(2);
    expect(err).toMatch(/^resonant analyze: line 2: [^\n]+\n$/u);
    expect(err).toContain(message);
  });

  test('names a line of broken UTF-8 instead of repairing it', async () => {
    const broken = Buffer.concat([
      Buffer.from('{"id":"x","text":"'),
      Buffer.from([0xff]),
      Buffer.from('","channel":"call"}'),
    ]);
    const { code, out, err } = await run(broken);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('line 1: expected a JSON object in UTF-8');
  });

  test.each([
    ['no JSON', '{', ['expected a JSON object']],
    ['no talkTracks', {}, ['talkTracks: ']],
    ['a phrase without a word', { talkTracks: [{ id: 'a', phrases: ['…'] }] }, ['talkTracks[0].phrases[0]: ']],
    [
      'an id twice',
      { talkTracks: [1, 2].map(() => ({ id: 'a', phrases: ['b'] })) },
      ['talkTracks[1].id: a stands twice'],
    ],
    ['a quorum out of reach', { talkTracks: [{ id: 'a', phrases: ['b'], quorum: 2 }] }, ['can never be reached']],
    ['several problems', { talkTracks: [{ id: '', phrases: [] }] }, ['talkTracks[0].id: ', 'talkTracks[0].phrases: ']],
  ])('refuses a vocabulary with %s, names every problem and reads nothing', async (_, content, messages) => {
    const file = await vocabularyFile('bad.json', content);
    const { code, out, err } = await run('{"id":"a","text":"hi","channel":"email"}\n', ['--vocabulary', file]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    for (const message of messages) expect(err).toContain(message);
  });

  test('says that a vocabulary file is missing', async () => {
    const { code, err } = await run('', ['--vocabulary', join(folder, 'none.json')]);
    expect(code).toBe(2);
    expect(err).toContain('none.json: cannot be read');
  });

  test('prints its help and refuses unknown options', async () => {
    const help = await run('', ['--help']);
    expect({ code: help.code, out: help.out }).toEqual({ code: 0, out: analyzeCommand.help });
    const unknown = await run('', ['--vocab', 'x']);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain("Unknown option '--vocab'");
  });
});
