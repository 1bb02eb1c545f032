import { isUtf8 } from 'node:buffer';
import type { DeadLetter } from '@resonant/contracts';
import type { Command } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import type { Kept } from '../dead-letters/book.ts';
import { letterOf } from '../dead-letters/selection.ts';
import { parseOptions, UsageError } from '../options.ts';

/** Of a payload that is text, so much is shown. */
const shownBytes = 4096;

export const deadLettersShowCommand: Command = {
  name: 'dead-letters show',
  summary: 'Show one dead letter: where it came from, why, its bytes',
  help: `resonant dead-letters show: one dead letter with its reason and bytes

Usage: resonant dead-letters show ID [--payload]

  ID         its id, or the beginning of it (six characters or more)
  --payload  only the bytes as they were received, whole

${connectionHelp}
Exit codes: 0 done; 1 there is no such letter, or the log could not be reached; 2 the call was wrong

Examples:
  resonant dead-letters show 3f9a0c
  resonant dead-letters show 3f9a0c --payload > body.json
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(
      args,
      { ...connectionOptions, payload: { type: 'boolean', default: false } },
      1,
    );
    const [id] = positionals;
    if (id === undefined) throw new UsageError('which one? give its id');
    const { readDeadLetters, readWhole } = await import('../dead-letters/book.ts');
    const log = await new Connection(values, io.env).log();
    try {
      const kept = letterOf(await readDeadLetters(log), id);
      const whole = (await readWhole(log, new Set([kept.letter.deadLetterId]))).get(kept.letter.deadLetterId);
      if (whole === undefined) throw new Error('a dead letter was there and is not any more');
      io.stdout.write(values.payload ? whole.payload : textOf(kept, whole));
      return 0;
    } finally {
      await log.close();
    }
  },
};

function textOf({ letter, size, state, outcome }: Kept, { payload, key, headers }: DeadLetter): string {
  const iso = (instant: number): string => new Date(instant).toISOString();
  const decided =
    outcome === undefined
      ? []
      : [
          `decided    ${iso(outcome.at)} by ${outcome.by}${outcome.note === '' ? '' : `: ${outcome.note}`}`,
          ...(outcome.topic === null ? [] : [`sent to    ${outcome.topic}`]),
        ];
  const lines = [
    `id         ${letter.deadLetterId}`,
    `state      ${state}`,
    ...decided,
    `put aside  ${iso(letter.at)}`,
    `source     ${letter.source}`,
    `origin     ${letter.origin}`,
    `reason     ${letter.reason}: ${letter.detail}`,
    `key        ${key === null ? '(none)' : printable(key)}`,
    ...Object.entries(headers).map(([name, value]) => `header     ${name}: ${printable(value)}`),
    `payload    ${letter.mediaType}, ${size} bytes`,
    '',
    printable(payload, shownBytes),
    ...(size > shownBytes ? [`… ${size - shownBytes} more bytes; --payload writes them all`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Text as it is, without what moves a terminal's cursor; other bytes in hexadecimal. At most `limit` bytes of it. */
function printable(bytes: Buffer, limit = bytes.length): string {
  const isText = isUtf8(bytes) && !/[^\P{Cc}\n\r\t]/u.test(bytes.toString('utf8'));
  const shown = bytes.subarray(0, limit);
  return isText ? shown.toString('utf8').replaceAll('\r', '') : shown.toString('hex');
}
