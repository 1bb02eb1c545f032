import { deadLettersTopic, ResonantError } from '@resonant/contracts';
import type { NewRecord } from './port.ts';

const maxMessageBytes = 4 * 1024 * 1024;

/** What a batch of one needs besides its record stays below this. */
const batchBytes = 64 * 1024;

/** What a topic takes as one batch (`max.message.bytes`); a dead letter holds a whole record of another topic. */
export const maxMessageBytesOf = (topic: string): number =>
  topic === deadLettersTopic ? 2 * maxMessageBytes : maxMessageBytes;

const chunkBytes = 900 * 1024;
const chunkRecords = 2000;

function sizeOf({ key, value, headers = {} }: NewRecord): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0) + 32;
  for (const [name, header] of Object.entries(headers)) bytes += name.length + header.length + 4;
  return bytes;
}

/** Throws `too-large` for a record that no topic takes. */
export function checkSize(record: NewRecord): void {
  const size = sizeOf(record);
  const limit = maxMessageBytesOf(record.topic) - batchBytes;
  if (size > limit) {
    throw new ResonantError('too-large', `a record for ${record.topic} has ${size} bytes, at most ${limit}`);
  }
}

/** Records in portions of one request each: what goes to one partition is one batch, whose size brokers limit. */
export function* chunks(records: readonly NewRecord[]): Generator<readonly NewRecord[]> {
  let start = 0;
  let bytes = 0;
  for (let index = 0; index < records.length; index++) {
    const size = sizeOf(records[index] as NewRecord);
    if (index > start && (bytes + size > chunkBytes || index - start === chunkRecords)) {
      yield records.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < records.length) yield records.slice(start);
}
