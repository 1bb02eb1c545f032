import {
  type Decoded,
  type Erasure,
  type ErrorCode,
  erasuresTopic,
  eventHeaders,
  ResonantError,
} from '@resonant/contracts';
import { encoderFor } from './codec.ts';
import type { Log, LogRecord } from './port.ts';
import { readRecords } from './read-topic.ts';

/** Writes parts of erasures to `resonant.erasures.v1`, where they outlast ClickHouse. */
export interface ErasureWriter {
  /** Resolves once it is durable. Rejects with `log-unavailable`. */
  write(erasure: Erasure): Promise<void>;
  close(): Promise<void>;
}

/** Opens a producer for them. */
export async function erasureWriter(log: Log): Promise<ErasureWriter> {
  const encode = await encoderFor(log, erasuresTopic, 'Erasure');
  const producer = await log.producer();
  return {
    write: async (erasure) => {
      const key = `${erasure.erasureId}/${erasure.part}`;
      const headers = eventHeaders({ id: key, type: 'erasure', source: '/packages/cli', time: erasure.erasedAt });
      await producer.send({ topic: erasuresTopic, key, value: encode(erasure), headers });
    },
    close: () => producer.close(),
  };
}

/** A record of `resonant.erasures.v1` that says nobody's keys, and why. */
export interface DamagedErasure {
  readonly record: LogRecord & { readonly value: Buffer };
  /** `unknown-record-type` is no damage: a newer release reads it where it stands. */
  readonly reason: 'undecodable-record' | 'unstorable-record' | 'unknown-record-type';
  /** What was expected and what came. */
  readonly detail: string;
}

export interface PublishedErasures {
  /** Every part of every erasure that can be read. */
  readonly erasures: readonly Erasure[];
  /** What cannot, unless its key was written again or has a tombstone. */
  readonly damaged: readonly DamagedErasure[];
}

/**
 * What was published of erasures. A record that cannot be read, or that no engine could remember, is told and keeps no
 * other from being read. Rejects with `log-unavailable` if log or registry is away.
 */
export async function publishedErasures(log: Log): Promise<PublishedErasures> {
  const erasures: Erasure[] = [];
  const damaged = new Map<string, DamagedErasure>();
  await readRecords(log, erasuresTopic, (record, decode) => {
    const { partition, offset, key, value } = record;
    const place = `${partition}/${key === null ? offset : key.toString('hex')}`;
    damaged.delete(place);
    if (value === null) return;
    try {
      erasures.push(checked(decode()));
    } catch (error) {
      if (!(error instanceof ResonantError) || !isDamage(error.code)) throw error;
      damaged.set(place, { record: { ...record, value }, reason: error.code, detail: error.message });
    }
  });
  return { erasures, damaged: [...damaged.values()] };
}

const isDamage = (code: ErrorCode): code is DamagedErasure['reason'] =>
  code === 'undecodable-record' || code === 'unstorable-record' || code === 'unknown-record-type';

/** What `DateTime64(3)` holds, epoch ms. */
const latest = Date.UTC(2299, 11, 31, 23, 59, 59, 999);

/** An erasure that the table `erased_keys` can hold. Throws `undecodable-record` or `unstorable-record` for another. */
function checked({ type, value }: Decoded): Erasure {
  if (type !== 'Erasure') throw new ResonantError('undecodable-record', `expected Erasure, got ${type}`);
  const { erasureId, reason, erasedAt, keys } = value;
  const wrong = keys.find((key) => !/^[0-9a-f]{64}$/.test(key));
  if (erasureId === '') throw unstorable('erasureId', 'an id', 'an empty text');
  if (reason === '') throw unstorable('reason', 'a text', 'an empty one');
  if (!(erasedAt >= 0 && erasedAt <= latest)) throw unstorable('erasedAt', `0 to ${latest} (epoch ms)`, `${erasedAt}`);
  if (wrong !== undefined) throw unstorable('keys', '64 hexadecimal digits each', `${wrong.length} characters`);
  return value;
}

const unstorable = (field: string, expected: string, got: string): ResonantError =>
  new ResonantError('unstorable-record', `${field}: expected ${expected}, got ${got}`);
