import { setTimeout as sleep } from 'node:timers/promises';
import { type DeadLetter, ResonantError, type Source } from '@resonant/contracts';
import type { LogRecord, NewRecord } from '@resonant/kafka';
import type { ClaimResult, Claims } from '@resonant/service';
import type { TaskProcessor } from '@resonant/stream';
import type { TouchpointRecords } from '../touchpoint-records.ts';
import { type Inbound, originOf, readInbound, typeOf } from './record.ts';

/** Between two looks at a claim that somebody else holds. */
const pollMs = 250;

/** What one partition of an inbound topic is worked on with. */
export interface InboundOptions {
  readonly source: Source;
  readonly claims: Claims;
  readonly records: TouchpointRecords;
  readonly deadLetter: (deadLetter: Omit<DeadLetter, 'deadLetterId'>) => NewRecord;
  readonly now: () => number;
  readonly counted: (source: Source, outcome: 'accepted' | 'duplicate' | 'dead-letter') => void;
}

/**
 * Inbound records → touchpoints or dead letters, committed with the offset in one transaction by the task runtime. Claims
 * are made in the name of the record, so that it can be taken again after a crash, and confirmed after the commit.
 */
export function inboundProcessor(options: InboundOptions): TaskProcessor {
  const { source, claims, now, counted } = options;
  /** Event ids of what was made and is not committed yet, with the offset each came from. */
  const uncommitted = new Map<string, number>();
  let isLost = false;
  return {
    restore: 'none',
    process: async (records) => {
      const made: NewRecord[] = [];
      for (const record of records) {
        const inbound = await readInbound(source, record, now());
        if (inbound.kind === 'touchpoint' && uncommitted.has(inbound.touchpoint.eventId)) {
          counted(source, 'duplicate');
          continue;
        }
        const output = await outputOf(inbound, options, () => isLost);
        if (output === undefined) continue;
        made.push(output);
        if (inbound.kind === 'touchpoint') uncommitted.set(inbound.touchpoint.eventId, record.offset);
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
      const done = [...uncommitted].filter(([, from]) => from < offset).map(([eventId]) => eventId);
      for (const eventId of done) uncommitted.delete(eventId);
      void claims.confirm(done);
    },
  };
}

/** The record to append, or undefined for an event that is stored already. */
async function outputOf(
  inbound: Inbound,
  options: InboundOptions,
  isLost: () => boolean,
): Promise<NewRecord | undefined> {
  const { source, claims, records, deadLetter, now, counted } = options;
  const { record } = inbound;
  if (inbound.kind === 'unreadable') {
    counted(source, 'dead-letter');
    return deadLetter({
      source,
      origin: originOf(record),
      reason: inbound.error.code,
      detail: inbound.error.message,
      at: now(),
      mediaType: typeOf(record),
      key: record.key,
      headers: record.headers,
      payload: record.value ?? Buffer.alloc(0),
    });
  }
  const { status } = await settledClaim(claims, inbound.touchpoint.eventId, originOf(record), isLost);
  counted(source, status === 'confirmed' ? 'duplicate' : 'accepted');
  if (status === 'confirmed') return undefined;
  return records(source, inbound.touchpoint, traceOf(record));
}

/** Waits while another sender writes the same id: its claim ends within a minute. Who lost the partition waits no longer. */
async function settledClaim(
  claims: Claims,
  eventId: string,
  owner: string,
  isLost: () => boolean,
): Promise<ClaimResult> {
  for (;;) {
    const [result] = await claims.claim([eventId], owner);
    if (result === undefined) throw new Error('no answer to a claim');
    if (result.status !== 'busy') return result;
    if (isLost())
      throw new ResonantError('log-unavailable', `${eventId} is claimed, and the partition was lost meanwhile`);
    await sleep(Math.min(pollMs, result.retryAfterMs + 1));
  }
}

const traceOf = (record: LogRecord): string | undefined => record.headers.traceparent?.toString('latin1');
