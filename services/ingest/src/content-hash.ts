import { createHash } from 'node:crypto';
import { ResonantError, type Touchpoint } from '@resonant/contracts';
import { mailType } from './sources/touchpoint.ts';

/** How an event came in differs each time that it is sent; its bytes may too, by a space. */
const arrivalFields = new Set(['receivedAt', 'via', 'keyId', 'payload', 'payloadType']);

/**
 * What tells the content of an event from that of another one with the same id: base64url SHA-256 over the touchpoint
 * without the fields of its arrival. Fields without a value do not count, so that a field which a later release adds
 * changes no hash. null for mails and webhooks: what relays them sets headers of its own, and there the id alone is the
 * identity.
 */
export function contentHashOf(touchpoint: Touchpoint): string | null {
  if (touchpoint.via === 'webhook' || touchpoint.payloadType === mailType) return null;
  const content = Object.entries(touchpoint).filter(([name]) => !arrivalFields.has(name));
  return createHash('sha256')
    .update(canonicalJson(Object.fromEntries(content)))
    .digest('base64url');
}

/** True unless both hashes are known and differ. */
export const isSameContent = (a: string | null, b: string | null): boolean => a === null || b === null || a === b;

/** What the sender of other content under an id that is taken is told. */
export const idReused = (id: string): ResonantError =>
  new ResonantError(
    'id-reused',
    `another event was stored under the id ${id}, and that one counts: send this one under an id of its own`,
  );

/** JSON with sorted keys and without nulls. */
const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(
          Object.entries(member)
            .filter(([, each]) => each !== null)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : member,
  );
