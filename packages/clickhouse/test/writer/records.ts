import type { RawRecord } from '../../src/writer/index.ts';

/** A record of `resonant.alerts.v1/0` at an offset; its value is the offset as text unless said. */
export const record = (offset: number, fields: Partial<RawRecord> = {}): RawRecord => ({
  topic: 'resonant.alerts.v1',
  partition: 0,
  offset,
  timestamp: 1_750_000_000_000 + offset,
  key: Buffer.from('acme'),
  value: Buffer.from(`${offset}`),
  headers: { ce_id: Buffer.from(`id-${offset}`) },
  ...fields,
});

export const records = (...offsets: readonly number[]): readonly RawRecord[] => offsets.map((offset) => record(offset));
