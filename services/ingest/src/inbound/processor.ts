import { setTimeout as sleep } from 'node:timers/promises';
import { type DeadLetter, ResonantError, type Source } from '@resonant/contracts';
import type { LogRecord, NewRecord } from '@resonant/kafka';
import type { Claims, Confirmation } from '@resonant/service';
import type { TaskProcessor } from '@resonant/stream';
import { contentHashOf, idReused, isSameContent } from '../content-hash.ts';
import type { TouchpointRecords } from '../touchpoint-records.ts';
import { originOf, readInbound, typeOf, type Vendors } from './record.ts';

/** Between two looks at a claim that somebody else holds. */
const pollMs = 250;

/** What one partition of an inbound topic is worked on with. */
export interface InboundOptions {
  readonly source: Source;
  readonly claims: Claims;
  readonly records: TouchpointRecords;
  readonly deadLetter: (deadLetter: Omit<DeadLetter, 'deadLetterId'>) => NewRecord;
  readonly vendors: Vendors;
  readonly now: () => number;
  readonly counted: (source: Source, outcome: 'accepted' | 'duplicate' | 'ignored' | 'dead-letter') => void;
}

/** An event whose record is durable, or will be with the transaction under way. */
type Stored = Pick<Confirmation, 'contentHash'>;

/**
 * Inbound records → touchpoints or dead letters, committed with the offset in one transaction by the task runtime. Claims
 * are made in the name of the record, so that it can be taken again after a crash, and confirmed after the commit.
 */
export function inboundProcessor(options: InboundOptions): TaskProcessor {
  const { source, claims, now, counted } = options;
  /** What was made and is not committed yet, by event id, with the offset each came from. */
  const uncommitted = new Map<string, Stored & { readonly offset: number }>();
  let isLost = false;

  async function outputOf(record: LogRecord): Promise<NewRecord | undefined> {
    const inbound = await readInbound(source, record, now(), options.vendors);
    if (inbound.kind === 'unreadable') return refused(record, inbound.error);
    if (inbound.kind === 'ignored') {
      counted(source, 'ignored');
      return undefined;
    }
    const { id, eventId } = inbound.touchpoint;
    const contentHash = contentHashOf(inbound.touchpoint);
    const stored = uncommitted.get(eventId) ?? (await claimed(claims, eventId, originOf(record), () => isLost));
    if (stored === undefined) {
      counted(source, 'accepted');
      uncommitted.set(eventId, { offset: record.offset, contentHash });
      return options.records(source, inbound.touchpoint, traceOf(record));
    }
    if (!isSameContent(stored.contentHash, contentHash)) return refused(record, idReused(id));
    counted(source, 'duplicate');
    return undefined;
  }

  function refused(record: LogRecord, error: ResonantError): NewRecord {
    counted(source, 'dead-letter');
    return options.deadLetter({
      source,
      origin: originOf(record),
      reason: error.code,
      detail: error.message,
      at: now(),
      mediaType: typeOf(record),
      key: record.key,
      headers: record.headers,
      payload: record.value ?? Buffer.alloc(0),
    });
  }

  return {
    restore: 'none',
    process: async (records) => {
      const made: NewRecord[] = [];
      for (const record of records) {
        const output = await outputOf(record);
        if (output !== undefined) made.push(output);
      }
      return made;
    },
    assigned: () => {
      isLost = false;
    },
    lost: () => {
      isLost = true;
    },
    committed: (offset) => {
      const done = [...uncommitted].filter(([, stored]) => stored.offset < offset);
      for (const [eventId] of done) uncommitted.delete(eventId);
      void claims.confirm(done.map(([id, { contentHash }]) => ({ id, contentHash })));
    },
  };
}

/**
 * Undefined once the id may be written, else what is stored under it. Waits while another sender writes it: its claim ends
 * within a minute. Who lost the partition waits no longer.
 */
async function claimed(
  claims: Claims,
  eventId: string,
  owner: string,
  isLost: () => boolean,
): Promise<Stored | undefined> {
  for (;;) {
    const [result] = await claims.claim([eventId], owner);
    if (result === undefined) throw new Error('no answer to a claim');
    if (result.status === 'confirmed') return result;
    if (result.status !== 'busy') return undefined;
    if (isLost())
      throw new ResonantError('log-unavailable', `${eventId} is claimed, and the partition was lost meanwhile`);
    await sleep(Math.min(pollMs, result.retryAfterMs + 1));
  }
}

const traceOf = (record: LogRecord): string | undefined => record.headers.traceparent?.toString('latin1');
