import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { clickhouseHelp, clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { engineOf, engineOption, engineOptionHelp } from '../engine-option.ts';
import { parseOptions, UsageError } from '../options.ts';

export const historyEraseCommand: Command = {
  name: 'history erase',
  summary: 'Remove a person’s rows and payloads; hashes and the reason stay',
  help: `resonant history erase: remove what history holds about a person

Removes the touchpoints that the contact took part in (by id, e-mail address, phone number and handle, as the directory
ever had them), their payloads, the signals and log records made of them or about the contact, dead letters that name an
address, and the contact's entries in the directory. For each row its place, its hash and the reason are kept in
resonant.erasures, so seals still hold and the gap is explained. Cut off in the middle, run it again.

It does not reach Kafka, where touchpoints stand for 14 and signals for 45 days, nor backups made before.

Usage: resonant history erase --contact ID --reason TEXT [--by NAME] [--dry-run] [--engine FAMILY]

  --contact ID   id of the contact in the directory
  --reason TEXT  why, without the person's name: it is kept
  --by NAME      who asked for it (default: the system's user)
  --dry-run      only count what would go
${engineOptionHelp}

${clickhouseHelp}
Exit codes: 0 done; 1 nothing is stored about the contact, or it failed; 2 the call was wrong

Example:
  resonant history erase --contact ann --reason "request of the person, ticket 88"
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...clickhouseOptions,
      ...engineOption,
      contact: { type: 'string' },
      reason: { type: 'string' },
      by: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    });
    const { contact, reason, by = userInfo().username } = values;
    if (contact === undefined || contact === '') throw new UsageError('whom? give --contact ID');
    if (!values['dry-run'] && !reason) throw new UsageError('why? give --reason TEXT');
    const family = await engineOf(values.engine);
    const { erasable, erase } = await import('@resonant/clickhouse');
    const clickhouse = await historyOf(values, io.env);
    try {
      const erasureId = randomUUID();
      const erased = values['dry-run']
        ? await erasable(clickhouse, contact)
        : await erase(clickhouse, { erasureId, contactId: contact, reason: reason ?? '', by }, family);
      for (const [table, rows] of Object.entries(erased)) io.stdout.write(`${table.padEnd(14)}${rows}\n`);
      io.stdout.write(values['dry-run'] ? 'nothing was changed\n' : `erased under ${erasureId}\n`);
      return 0;
    } finally {
      await clickhouse.close();
    }
  },
};
