import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { analyze, type Language, TalkTrackMatcher } from '@resonant/language';
import { z } from 'zod';
import type { Command, Io } from '../command.ts';

const help = `resonant analyze [--vocabulary FILE] < texts.jsonl > analyses.jsonl

Judges texts, one JSON object per line, without any service running.

In, per line:   {"id", "text", "channel", "language"?}
                language: en or zh; left out or null = found from the text
Out, per line, in the order of the input:
                {"id", "language",
                 "polarity": {"label": negative|neutral|positive, "score": -1…1},
                 "intents": {"technical-consultation": 0…1, "request": 0…1},
                 "talkTracks": [{"id", "phrase", "start", "end"}]}
                start and end (exclusive) count UTF-16 code units of text; every phrase found is listed

Options
  --vocabulary FILE   JSON: {"talkTracks": [{"id", "phrases": [...], "language"?, "quorum"?}]}
                      without it talkTracks is empty
  --help              this text

A line that cannot be used (no JSON, a blank line, a missing or mistyped field) is named on stderr with its number and
what is wrong; no output line is written for it, all other lines are still analysed, and the exit code is 2.
A vocabulary that cannot be used: every problem on stderr, nothing is read, exit code 2.

Exit codes
  0  every line was analysed
  2  a line, the vocabulary or the call was wrong

Examples
  echo '{"id":"1","text":"Could your API return webhooks in order?","channel":"email"}' | resonant analyze
  resonant analyze --vocabulary talk-tracks.json < calls.jsonl | jq -r 'select(.talkTracks != []) | .id'
`;

const inputSchema = z.looseObject({
  id: z.union([z.string(), z.number()]),
  text: z.string(),
  channel: z.string().min(1),
  language: z.enum(['en', 'zh']).nullish(),
});

const vocabularySchema = z.looseObject({
  talkTracks: z.array(
    z.looseObject({
      id: z.string().min(1),
      phrases: z.array(z.string().regex(/[\p{L}\p{N}]/u, 'expected a phrase with at least one word')).min(1),
      language: z.enum(['en', 'zh']).nullish(),
      quorum: z.int().min(1).default(1),
    }),
  ),
});

/** `resonant analyze`: polarity, intents and talk-track phrases of texts, as JSON lines. */
export const analyzeCommand: Command = {
  name: 'analyze',
  summary: 'Judge texts: language, polarity, intents, talk-track phrases (JSON lines in, JSON lines out)',
  help,
  async run(args, io) {
    const call = readCall(args);
    if ('problem' in call) return refuse(io, [call.problem, 'See: resonant analyze --help']);
    if (call.help) {
      io.stdout.write(help);
      return 0;
    }
    const vocabulary = await loadVocabulary(call.vocabulary);
    if ('problems' in vocabulary) return refuse(io, vocabulary.problems);
    let exitCode = 0;
    let lineNumber = 0;
    for await (const line of byteLines(io.stdin)) {
      if (io.signal.aborted) break;
      lineNumber++;
      const input = readInput(line, lineNumber === 1);
      if ('problem' in input) exitCode = refuse(io, [`line ${lineNumber}: ${input.problem}`]);
      else if (!io.stdout.write(`${JSON.stringify(judge(input, vocabulary.matcher))}\n`))
        await once(io.stdout, 'drain');
    }
    return exitCode;
  },
};

interface Input {
  readonly id: string | number;
  readonly text: string;
  readonly language?: Language | null | undefined;
}

const judge = (input: Input, matcher: TalkTrackMatcher): unknown => {
  const { language, polarity, intents } = analyze({ text: input.text, language: input.language ?? null });
  return { id: input.id, language, polarity, intents, talkTracks: matcher.find(input.text) };
};

const refuse = (io: Io, problems: readonly string[]): number => {
  for (const problem of problems) io.stderr.write(`resonant analyze: ${problem}\n`);
  return 2;
};

const readCall = (args: readonly string[]): { help: boolean; vocabulary: string | undefined } | { problem: string } => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { vocabulary: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
    });
    return { help: values.help, vocabulary: values.vocabulary };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
};

const readInput = (bytes: Buffer, first: boolean): Input | { problem: string } => {
  const parsed = parseJson(first ? bytes.subarray(startsWithByteOrderMark(bytes) ? 3 : 0) : bytes);
  if ('problem' in parsed) return parsed;
  const checked = inputSchema.safeParse(parsed.value);
  return checked.success ? checked.data : { problem: problemsOf(checked.error).join('; ') };
};

const startsWithByteOrderMark = (bytes: Buffer): boolean =>
  bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));

const parseJson = (bytes: Buffer): { value: unknown } | { problem: string } => {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch (error) {
    if (bytes.toString().trim() === '') return { problem: 'expected a JSON object, found a blank line' };
    return { problem: `expected a JSON object in UTF-8: ${error instanceof Error ? error.message : String(error)}` };
  }
};

const loadVocabulary = async (
  file: string | undefined,
): Promise<{ matcher: TalkTrackMatcher } | { problems: readonly string[] }> => {
  if (file === undefined) return { matcher: new TalkTrackMatcher({ talkTracks: [] }) };
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return { problems: [`${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const parsed = parseJson(startsWithByteOrderMark(bytes) ? bytes.subarray(3) : bytes);
  if ('problem' in parsed) return { problems: [`${file}: ${parsed.problem}`] };
  const checked = vocabularySchema.safeParse(parsed.value);
  if (!checked.success) return { problems: problemsOf(checked.error).map((problem) => `${file}: ${problem}`) };
  const problems = checked.data.talkTracks.flatMap((track, index, all) => [
    ...(all.findIndex((other) => other.id === track.id) < index
      ? [`${file}: talkTracks[${index}].id: ${track.id} stands twice`]
      : []),
    ...(track.quorum > new Set(track.phrases).size
      ? [
          `${file}: talkTracks[${index}].quorum: ${track.quorum} of ${new Set(track.phrases).size} phrases can never be reached`,
        ]
      : []),
  ]);
  return problems.length > 0 ? { problems } : { matcher: new TalkTrackMatcher(checked.data) };
};

const problemsOf = (error: z.ZodError): string[] =>
  error.issues.map((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
    return path === '' ? issue.message : `${path.replace(/^\./u, '')}: ${issue.message}`;
  });

/** Lines as bytes, so that a line of broken UTF-8 is noticed rather than repaired. */
async function* byteLines(stream: Readable): AsyncGenerator<Buffer> {
  const pending: Buffer[] = [];
  for await (const chunk of stream) {
    let rest: Buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield Buffer.concat([...pending.splice(0), rest.subarray(0, end)]);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) pending.push(rest);
  }
  if (pending.length > 0) yield Buffer.concat(pending);
}
