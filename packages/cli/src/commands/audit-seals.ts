import { createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { type Seal, sealsTopic } from '@resonant/contracts';
import type { Log } from '@resonant/kafka';
import { clickhouseHelp, clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { Connection, connectionOptions } from '../connection.ts';
import { parseOptions, UsageError } from '../options.ts';
import { sealPublicKeyFile } from '../places.ts';

export const auditSealsCommand: Command = {
  name: 'audit seals',
  summary: 'Find every row of history that was changed, added or removed since it was sealed',
  help: `resonant audit seals: whether history is what was sealed

Makes the hash of every stored row anew and compares it with the hash kept at the insert, the hashes with the digest of
their batch, the batches with the seal of their hour, and the seals with each other, with their signatures and with what
was published to ${sealsTopic}. Prints each row that differs with its batch and seal; rows of an erased person and rows
whose retention is over are explained and counted. What was stored after the last sealed hour is bound by no seal yet.

Usage: resonant audit seals [--public-key FILE]… [--no-published] [--json]

  --public-key FILE  public key of the seals, PEM (default: the local stack's)
  --no-published     do not read the published seals: a tail that was cut off with its seals is not seen then
  --json             the report as one JSON object

${clickhouseHelp}  --brokers LIST, --registry URL  for the published seals                KAFKA_BROKERS, SCHEMA_REGISTRY_URL

Exit codes: 0 all as sealed; 1 a difference, or it failed; 2 the call was wrong, or nothing is sealed

Example:
  resonant audit seals --public-key seal-2026.pem
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...connectionOptions,
      ...clickhouseOptions,
      'public-key': { type: 'string', multiple: true },
      'no-published': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    const connection = new Connection(values, io.env);
    const audit = await import('@resonant/audit');
    const files = values['public-key'] ?? [sealPublicKeyFile(connection.dataFolder)];
    const keys = new Map(files.map(publicKey).map((key) => [audit.keyIdOf(key), key]));
    const clickhouse = await historyOf(values, io.env);
    const log = values['no-published'] ? null : await connection.log();
    try {
      const report = await audit.auditSeals(clickhouse, {
        keys,
        published: log === null ? null : await publishedSeals(log),
        now: Date.now(),
        onProgress: (what, done, total) => {
          io.signal.throwIfAborted();
          io.stderr.write(`${done} of ${total}  ${what}\n`);
        },
      });
      io.stdout.write(values.json ? `${JSON.stringify(report)}\n` : audit.sealReportText(report));
      if (report.problems.length > 0) return 1;
      if (report.seals > 0) return 0;
      io.stderr.write('nothing is sealed: services/history seals each hour when it is over\n');
      return 2;
    } finally {
      await log?.close();
      await clickhouse.close();
    }
  },
};

function publicKey(file: string): KeyObject {
  if (!existsSync(file)) throw new UsageError(`there is no ${file}: give --public-key FILE`);
  try {
    return createPublicKey(readFileSync(file));
  } catch (error) {
    throw new UsageError(`${file} is no public key in PEM: ${(error as Error).message}`);
  }
}

/** Every seal in the topic, the last of each number. */
async function publishedSeals(log: Log): Promise<readonly Seal[]> {
  const { readTopic } = await import('@resonant/kafka');
  const seals = new Map<number, Seal>();
  for (const decoded of await readTopic(log, sealsTopic)) {
    if (decoded.type === 'Seal') seals.set(decoded.value.sealId, decoded.value);
  }
  return [...seals.values()].sort((a, b) => a.sealId - b.sealId);
}
