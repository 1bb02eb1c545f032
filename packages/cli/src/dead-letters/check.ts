import type { DeadLetter } from '@resonant/contracts';
import { ResonantError } from '@resonant/contracts';
import type { Connection } from '../connection.ts';
import type { Destination } from './destination.ts';

/** Headers of the connection that a letter came through, not of what it said. */
const ofTheConnection =
  /^(connection|content-length|content-encoding|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|user-agent|accept.*|sec-.*|origin|authorization|ce_.*)$/;

/**
 * What ingest would make of a letter now, in a sentence. Rejects with `not-ready` if ingest does not answer, or with
 * what it refused.
 */
export async function checkAtIngest(
  connection: Connection,
  letter: DeadLetter,
  { source, record }: Extract<Destination, { kind: 'ingest' }>,
  signal: AbortSignal,
): Promise<string> {
  const url = `${connection.serviceUrl('ingest')}/v1/touchpoints/${source}:check`;
  const headers = Object.fromEntries(
    Object.entries(record.headers ?? {})
      .filter(([name]) => !ofTheConnection.test(name.toLowerCase()))
      .map(([name, value]) => [name, value.toString()]),
  );
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': letter.mediaType, ...headers, authorization: `Bearer ${connection.key}` },
    body: new Uint8Array(letter.payload),
    signal: AbortSignal.any([signal, AbortSignal.timeout(15_000)]),
  }).catch((error: Error) => {
    signal.throwIfAborted();
    throw new ResonantError('not-ready', `Ingest does not answer at ${url}: ${error.message}`);
  });
  const body = (await answer.json().catch(() => ({}))) as Readonly<Record<string, string | undefined>>;
  if (!answer.ok) throw new ResonantError('invalid-request', `Ingest answered ${answer.status}: ${body.detail ?? ''}`);
  if (body.status === 'readable') return `would be read as ${body.eventId}`;
  if (body.status === 'ignored') return `would be understood and ignored: ${body.reason}`;
  return `would be put aside again: ${body.reason}: ${body.detail}`;
}
