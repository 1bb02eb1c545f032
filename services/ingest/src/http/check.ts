import type { Source } from '@resonant/contracts';
import type { FastifyRequest } from '@resonant/service';
import { type Inbound, readInbound, type Vendors } from '../inbound/record.ts';
import { bodyOf } from './body.ts';

/** What a body would become if it stood in the source's inbound topic. */
export type Checked =
  | { readonly status: 'readable'; readonly eventId: string }
  | { readonly status: 'ignored'; readonly reason: string }
  | { readonly status: 'unreadable'; readonly reason: string; readonly detail: string };

/**
 * Reads a request as a record of the inbound topic: the body is its value, the headers are its headers. Nothing is
 * stored, claimed or kept.
 */
export async function checked(
  source: Source,
  request: FastifyRequest,
  receivedAt: number,
  vendors: Vendors,
): Promise<Checked> {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Buffer.from([value ?? ''].flat().join(', '))]),
  );
  return answerOf(await readInbound(source, { value: bodyOf(request), headers }, receivedAt, vendors));
}

function answerOf(inbound: Inbound): Checked {
  if (inbound.kind === 'touchpoint') return { status: 'readable', eventId: inbound.touchpoint.eventId };
  if (inbound.kind === 'ignored') return { status: 'ignored', reason: inbound.reason };
  return { status: 'unreadable', reason: inbound.error.code, detail: inbound.error.message };
}
