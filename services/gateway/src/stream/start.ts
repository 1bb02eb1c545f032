import { ResonantError } from '@resonant/contracts';
import { decodeCursor, type Positions } from './cursor.ts';

/** Where a subscription begins. `since` is epoch ms and means: stored in Kafka at or after it. */
export type Start =
  | { readonly kind: 'latest' | 'earliest' }
  | {
      readonly kind: 'cursor';
      /** As it came. */
      readonly cursor: string;
      /** null = it does not say. */
      readonly log: string | null;
      readonly positions: Positions;
    }
  | { readonly kind: 'since'; readonly since: number };

const msOf = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const durationForm = /^(\d{1,9})(ms|s|m|h|d)$/;
const instantForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads `from` of a subscribe frame: `latest`, `earliest`, a cursor, an ISO 8601 instant with `Z` or an offset, or a
 * duration back from `now` such as `15m`. Throws `invalid-request` for anything else.
 */
export function parseStart(from: string, now: number): Start {
  if (from === 'latest' || from === 'earliest') return { kind: from };
  const [, amount, unit] = durationForm.exec(from) ?? [];
  if (amount !== undefined) return { kind: 'since', since: now - Number(amount) * msOf[unit as keyof typeof msOf] };
  const instant = instantForm.test(from) ? Date.parse(from) : Number.NaN;
  if (!Number.isNaN(instant)) return { kind: 'since', since: instant };
  const place = decodeCursor(from);
  if (place !== undefined) return { kind: 'cursor', cursor: from, ...place };
  throw new ResonantError(
    'invalid-request',
    `from: expected latest, earliest, a cursor of this stream, an ISO 8601 instant with Z or an offset, or a duration back such as 15m; got ${JSON.stringify(from.slice(0, 80))}`,
  );
}
