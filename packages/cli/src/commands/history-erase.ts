import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { ClickHouse, EngineFamily, Erasure, ErasureRecord } from '@resonant/clickhouse';
import { erasuresTopic, isResonantError, ResonantError } from '@resonant/contracts';
import type { Log } from '@resonant/kafka';
import { clickhouseHelp, clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Command, Io } from '../command.ts';
import { Connection, connectionOptions } from '../connection.ts';
import { engineOf, engineOption, engineOptionHelp } from '../engine-option.ts';
import { addressesOf, addressOptions } from '../history/addresses.ts';
import { readErasures } from '../history/erasures.ts';
import { parseOptions, UsageError } from '../options.ts';
import { instantOf } from '../range.ts';

/** Ms: what is on its way while it runs, and clocks that differ, are on the erased side. */
const ahead = 60_000;

export const historyEraseCommand: Command = {
  name: 'history erase',
  summary: 'Remove a person’s rows and payloads; hashes and the reason stay',
  help: `resonant history erase: remove what history holds about a person

Removes the touchpoints that the contact took part in (by id, e-mail address, phone number and handle, as the directory
ever had them; by none that somebody else there has or had, such as a switchboard's), their payloads, the signals and log
records made of them or about the contact, dead letters that name an address, and the contact's entries in the directory.
For each row its place, its hash and the reason are kept in resonant.erasures, so seals still hold and the gap is
explained. Cut off in the middle, run it again. Let history catch up first: a signal of a touchpoint that is not stored
yet, and a dead letter that history does not hold, are not known as the person's.

It holds for what is written later as well, be it fetched from Kafka again, restored or replayed: what happened, or was
appended, until now is left out, its hash kept. By what it is known stands as hashes in ${erasuresTopic} and
resonant.erased_keys. What happens from now on is kept: who erases a person has to stop the sources, too.

Of whom nothing is stored nothing is known but what you say: --remember, with every address of theirs and nobody else's,
has history leave out what is written later, in a database that is filled anew for instance; a signal that does not name
the contact is not known as theirs. This also repairs what releases without ${erasuresTopic} have erased,
which left no hashes; once for each person, with the instant of that erasure:

  resonant history erase --contact ID --remember --email A --phone N --handle H --before INSTANT --reason TEXT

It does not reach Kafka, where touchpoints stand for 14 and signals for 45 days, nor backups made before; of those,
resonant history restore brings nothing back that was erased.

Usage: resonant history erase --contact ID --reason TEXT [--remember] [--email A]… [--phone N]… [--handle H]…
         [--before INSTANT] [--by NAME] [--dry-run] [--no-published] [--engine FAMILY]
       resonant history erase --again [--no-published] [--engine FAMILY]

  --contact ID      id of the contact in the directory
  --reason TEXT     why, without the person's name: it is kept
  --remember        also if nothing is stored about the contact
  --email ADDRESS   by what the contact is known besides what the directory says; may come more than once
  --phone NUMBER    the same, with country code
  --handle HANDLE   the same, e.g. github:octocat
  --before INSTANT  erase what happened or was appended before, e.g. 2026-03-02T09:00:00Z (default: now)
  --by NAME         who asked for it (default: the system's user)
  --dry-run         only count what would go
  --again           remove what stands there of persons who were erased already, as audit seals may say
  --no-published    neither write to nor read ${erasuresTopic}: a database that is lost takes its erasures with it
${engineOptionHelp}

${clickhouseHelp}  --brokers LIST, --registry URL  for the published erasures              KAFKA_BROKERS, SCHEMA_REGISTRY_URL

Exit codes: 0 done; 1 nothing is stored about the contact, an address is somebody else's too, or it failed; 2 the call was
wrong

Examples:
  resonant history erase --contact ann --reason "request of the person, ticket 88"
  resonant history erase --contact zoe --reason "ticket 91" --remember --email zoe@acme.example --phone +4930123456
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...connectionOptions,
      ...clickhouseOptions,
      ...engineOption,
      ...addressOptions,
      contact: { type: 'string' },
      reason: { type: 'string' },
      remember: { type: 'boolean', default: false },
      before: { type: 'string' },
      by: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      'no-published': { type: 'boolean', default: false },
    });
    const { contact, reason, by = userInfo().username, remember } = values;
    const isOfOne = [contact, values.before, values.email, values.phone, values.handle].some(
      (value) => value !== undefined,
    );
    if (values.again && (isOfOne || remember))
      throw new UsageError('--again is for all who were erased: leave --contact and what says more of a person');
    if (!values.again && !contact) throw new UsageError('whom? give --contact ID');
    if (!values.again && !values['dry-run'] && !reason) throw new UsageError('why? give --reason TEXT');
    const person = { contactId: contact ?? '', addresses: addressesOf(values), at: untilOf(values.before, Date.now()) };
    const family = await engineOf(values.engine);
    const { erasable } = await import('@resonant/clickhouse');
    const clickhouse = await historyOf(values, io.env);
    try {
      if (values['dry-run'] && !values.again) {
        printCounts(io, await erasable(clickhouse, person));
        io.stdout.write('nothing was changed\n');
        return 0;
      }
      const log = values['no-published'] ? null : await new Connection(values, io.env).log();
      try {
        if (values.again) await eraseAgain(clickhouse, log, family, io);
        else await erasePerson(clickhouse, log, { ...person, reason: reason ?? '', by, remember }, family, io);
      } finally {
        await log?.close();
      }
      return 0;
    } finally {
      await clickhouse.close();
    }
  },
};

/** Epoch ms up to which is erased. */
function untilOf(before: string | undefined, now: number): number {
  if (before === undefined) return now + ahead;
  const at = instantOf('before', before, now);
  if (at <= now) return at;
  throw new UsageError(`--before ${before} is still to come: what happens from now on is kept`);
}

const printCounts = (io: Io, counts: Readonly<Record<string, number>>): void => {
  for (const [table, rows] of Object.entries(counts)) io.stdout.write(`${table.padEnd(14)}${rows}\n`);
};

async function erasePerson(
  clickhouse: ClickHouse,
  log: Log | null,
  of: Omit<Erasure, 'erasureId'>,
  family: EngineFamily,
  io: Io,
): Promise<void> {
  const { erase } = await import('@resonant/clickhouse');
  const { erasureWriter } = await import('@resonant/kafka');
  const erasureId = randomUUID();
  const writer = log === null ? null : await erasureWriter(log);
  try {
    const publish = async (record: ErasureRecord): Promise<void> => writer?.write(record);
    const found = await erase(clickhouse, { erasureId, ...of }, { family, publish }).catch(sayRemember);
    printCounts(io, found);
    const isNew = Object.values(found).every((count) => count === 0);
    io.stdout.write(`${isNew ? 'nothing was stored; remembered' : 'erased'} under ${erasureId}\n`);
  } finally {
    await writer?.close();
  }
}

function sayRemember(error: unknown): never {
  if (!isResonantError(error, 'not-found')) throw error;
  const hint = 'with --remember and their addresses, what is written of them later is left out all the same';
  throw new ResonantError('not-found', `${error.message}: ${hint}`, { cause: error });
}

async function eraseAgain(clickhouse: ClickHouse, log: Log | null, family: EngineFamily, io: Io): Promise<void> {
  const { eraseAgain: again } = await import('@resonant/clickhouse');
  await again(clickhouse, log === null ? [] : await readErasures(log, io), family);
}
