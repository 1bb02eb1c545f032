import { readFile } from 'node:fs/promises';
import { type SealingKey, sealDue, sealingKey } from '@resonant/audit';
import type { ClickHouse } from '@resonant/clickhouse';
import { alertsTopic, eventHeaders, ResonantError, type Seal, sealsTopic } from '@resonant/contracts';
import { encoderFor, type Log } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';
import type { Config } from './config.ts';
import type { HistoryWriter } from './writer.ts';

const lookEveryMs = 60_000;

/**
 * Seals every hour when it is over, in the one process that has partition 0 of the alerts' topic: while that changes hands
 * two may make the same seal, byte for byte. What fails is tried again a minute later; a seal is never left out.
 */
export const sealerComponent = (options: {
  readonly log: Log;
  readonly clickHouse: ClickHouse;
  readonly writer: Pick<HistoryWriter, 'streams'>;
  readonly config: Pick<Config, 'HISTORY_SEAL_KEY'>;
  readonly logger: Logger;
  /** Epoch ms. */
  readonly now: () => number;
}): Component<null> => ({
  name: 'sealer',
  start: async () => {
    const { log, clickHouse, writer, config, logger, now } = options;
    if (config.HISTORY_SEAL_KEY === '') {
      logger.warn('history is not sealed: HISTORY_SEAL_KEY names no key');
      return { value: null, stop: async () => undefined };
    }
    const key = await keyIn(config.HISTORY_SEAL_KEY);
    const encode = await encoderFor(log, sealsTopic, 'Seal');
    const producer = await log.producer();
    const publish = async (seal: Seal): Promise<void> => {
      await producer.sendAll([
        { topic: sealsTopic, key: String(seal.sealId), value: encode(seal), headers: headersOf(seal) },
      ]);
    };
    let sealing: Promise<void> | undefined;
    const look = (): void => {
      if (!writer.streams().some(({ topic, partition }) => topic === alertsTopic && partition === 0)) return;
      sealing ??= sealDue(clickHouse, { key, now: now(), publish })
        .then((seals) => {
          for (const { sealId, nRanges, nRows } of seals) logger.info({ sealId, nRanges, nRows }, 'an hour was sealed');
        })
        .catch((err: unknown) => logger.warn({ err }, 'hours could not be sealed; tried again in a minute'))
        .finally(() => {
          sealing = undefined;
        });
    };
    const timer = setInterval(look, lookEveryMs);
    look();
    return {
      value: null,
      stop: async () => {
        clearInterval(timer);
        await sealing;
        await producer.close();
      },
    };
  },
});

const headersOf = ({ sealId, to }: Seal) =>
  eventHeaders({ id: String(sealId), type: 'seal', source: '/services/history', time: to, traceparent: undefined });

/** Reads the signing key; rejects with `invalid-configuration`, saying how to make one. */
async function keyIn(file: string): Promise<SealingKey> {
  try {
    return sealingKey(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new ResonantError(
      'invalid-configuration',
      `HISTORY_SEAL_KEY: expected the file of an Ed25519 private key in PEM, got ${file}: ${(cause as Error).message}. ` +
        'Make one with: openssl genpkey -algorithm ed25519 -out seal-key.pem',
      { cause },
    );
  }
}
