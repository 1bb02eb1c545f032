import { isResonantError } from '@resonant/contracts';
import type { FileEntry, ReferenceKind } from '@resonant/service';
import type { Command, Io } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import { parseOptions, UsageError } from '../options.ts';
import { readEntries } from './files.ts';
import { upload } from './upload.ts';

/** What tells `directory load` and `vocabulary load` apart. */
export interface Loading {
  readonly section: 'directory' | 'vocabulary';
  readonly sections: Readonly<Record<string, ReferenceKind>>;
  readonly summary: string;
  /** What a file looks like, with an example. */
  readonly format: string;
}

/** A command that checks files as a whole, then PUTs their entries through the API. */
export const loadCommand = ({ section, sections, summary, format }: Loading): Command => ({
  name: `${section} load`,
  summary,
  help: `resonant ${section} load: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}

All files are checked first; if anything is wrong, every problem is listed by file and path and nothing is sent. Entries
are put one by one: one that exists is replaced, what the files do not name stays. Loading again changes nothing.

Usage: resonant ${section} load FILE…

${format}
  --url URL          the gateway, as --gateway-url below                RESONANT_URL
${connectionHelp}
RESONANT_KEY is taken for the key as well. The key needs the scope ${section}:write.
Exit codes: 0 loaded; 1 the gateway refused or does not answer; 2 the call or a file was wrong

Example:
  resonant ${section} load ${section}.yaml --url http://127.0.0.1:7401 --key "$KEY"
`,
  run: async (args, io) => {
    const options = { ...connectionOptions, url: { type: 'string' } } as const;
    const { values, positionals } = parseOptions(args, options, Number.POSITIVE_INFINITY);
    if (positionals.length === 0) throw new UsageError('expected at least one file');
    const { entries, problems } = await readEntries(positionals, sections);
    if (problems.length > 0) {
      io.stderr.write(`${problems.join('\n')}\nNothing was loaded.\n`);
      return 2;
    }
    const key = values.key ?? io.env.RESONANT_KEY;
    const connection = new Connection(key === undefined ? values : { ...values, key }, io.env);
    const url = (values.url ?? io.env.RESONANT_URL)?.replace(/\/+$/, '') ?? connection.serviceUrl('gateway');
    return send(entries, { url, key: connection.key, section, signal: io.signal }, io);
  },
});

async function send(entries: readonly FileEntry[], target: Parameters<typeof upload>[1], io: Io): Promise<number> {
  try {
    await upload(entries, target);
  } catch (error) {
    if (!isResonantError(error)) throw error;
    io.stderr.write(`${error.message}\n`);
    return 1;
  }
  const counts = Map.groupBy(entries, ({ kind }) => kind);
  const loaded = [...counts].map(([kind, { length }]) => `${length} ${kind}`).join(', ');
  io.stdout.write(`loaded ${loaded === '' ? 'nothing: the files are empty' : loaded}\n`);
  return 0;
}
