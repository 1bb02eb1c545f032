import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { ClickHouse, EngineFamily, ErasureRecord } from '@resonant/clickhouse';
import { erasuresTopic } from '@resonant/contracts';
import type { Log } from '@resonant/kafka';
import { clickhouseHelp, clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Command, Io } from '../command.ts';
import { Connection, connectionOptions } from '../connection.ts';
import { engineOf, engineOption, engineOptionHelp } from '../engine-option.ts';
import { readErasures } from '../history/erasures.ts';
import { parseOptions, UsageError } from '../options.ts';

/** Ms: what is on its way while it runs, and clocks that differ, are on the erased side. */
const ahead = 60_000;

export const historyEraseCommand: Command = {
  name: 'history erase',
  summary: 'Remove a person’s rows and payloads; hashes and the reason stay',
  help: `resonant history erase: remove what history holds about a person

Removes the touchpoints that the contact took part in (by id, e-mail address, phone number and handle, as the directory
ever had them; by none that somebody else there has or had, such as a switchboard's), their payloads, the signals and log records made of them or about the contact, dead letters that name an
address, and the contact's entries in the directory. For each row its place, its hash and the reason are kept in
resonant.erasures, so seals still hold and the gap is explained. Cut off in the middle, run it again. Let history catch up
first: a signal of a touchpoint that is not stored yet, and a dead letter that history does not hold, are not known as the
person's.

It holds for what is written later as well, be it fetched from Kafka again, restored or replayed: what happened, or was
appended, until now is left out, its hash kept. By what it is known stands as hashes in ${erasuresTopic} and
resonant.erased_keys. What happens from now on is kept: who erases a person has to stop the sources, too.

It does not reach Kafka, where touchpoints stand for 14 and signals for 45 days, nor backups made before; of those,
resonant history restore brings nothing back that was erased.

Usage: resonant history erase --contact ID --reason TEXT [--by NAME] [--dry-run] [--no-published] [--engine FAMILY]
       resonant history erase --again [--no-published] [--engine FAMILY]

  --contact ID    id of the contact in the directory
  --reason TEXT   why, without the person's name: it is kept
  --by NAME       who asked for it (default: the system's user)
  --dry-run       only count what would go
  --again         remove what stands there of persons who were erased already, as audit seals may say
  --no-published  neither write to nor read ${erasuresTopic}: a database that is lost takes its erasures with it
${engineOptionHelp}

${clickhouseHelp}  --brokers LIST, --registry URL  for the published erasures              KAFKA_BROKERS, SCHEMA_REGISTRY_URL

Exit codes: 0 done; 1 nothing is stored about the contact, or it failed; 2 the call was wrong

Example:
  resonant history erase --contact ann --reason "request of the person, ticket 88"
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...connectionOptions,
      ...clickhouseOptions,
      ...engineOption,
      contact: { type: 'string' },
      reason: { type: 'string' },
      by: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      'no-published': { type: 'boolean', default: false },
    });
    const { contact, reason, by = userInfo().username } = values;
    if (values.again && contact !== undefined)
      throw new UsageError('--again is for all who were erased: leave --contact');
    if (!values.again && !contact) throw new UsageError('whom? give --contact ID');
    if (!values.again && !values['dry-run'] && !reason) throw new UsageError('why? give --reason TEXT');
    const family = await engineOf(values.engine);
    const { erasable } = await import('@resonant/clickhouse');
    const clickhouse = await historyOf(values, io.env);
    try {
      if (contact !== undefined && values['dry-run']) {
        printCounts(io, await erasable(clickhouse, contact));
        io.stdout.write('nothing was changed\n');
        return 0;
      }
      const log = values['no-published'] ? null : await new Connection(values, io.env).log();
      try {
        if (contact === undefined) await eraseAgain(clickhouse, log, family, io);
        else await erasePerson(clickhouse, log, { contact, reason: reason ?? '', by, family }, io);
      } finally {
        await log?.close();
      }
      return 0;
    } finally {
      await clickhouse.close();
    }
  },
};

const printCounts = (io: Io, counts: Readonly<Record<string, number>>): void => {
  for (const [table, rows] of Object.entries(counts)) io.stdout.write(`${table.padEnd(14)}${rows}\n`);
};

async function erasePerson(
  clickhouse: ClickHouse,
  log: Log | null,
  of: { readonly contact: string; readonly reason: string; readonly by: string; readonly family: EngineFamily },
  io: Io,
): Promise<void> {
  const { erase } = await import('@resonant/clickhouse');
  const { erasureWriter } = await import('@resonant/kafka');
  const erasureId = randomUUID();
  const writer = log === null ? null : await erasureWriter(log);
  try {
    const erasure = { erasureId, contactId: of.contact, reason: of.reason, by: of.by, at: Date.now() + ahead };
    const publish = async (record: ErasureRecord): Promise<void> => writer?.write(record);
    printCounts(io, await erase(clickhouse, erasure, { family: of.family, publish }));
    io.stdout.write(`erased under ${erasureId}\n`);
  } finally {
    await writer?.close();
  }
}

async function eraseAgain(clickhouse: ClickHouse, log: Log | null, family: EngineFamily, io: Io): Promise<void> {
  const { eraseAgain: again } = await import('@resonant/clickhouse');
  await again(clickhouse, log === null ? [] : await readErasures(log, io), family);
}
