import { ResonantError } from '@resonant/contracts';

/**
 * A browser names its Origin, which must be on the allow-list; a missing Origin means a program. Throws `forbidden`.
 * @param allowed origins such as `https://console.example`
 */
export function checkOrigin(origin: string | undefined, allowed: ReadonlySet<string>): void {
  if (origin === undefined || allowed.has(origin)) return;
  throw new ResonantError('forbidden', `the origin ${origin.slice(0, 200)} is not on the allow-list (ALLOWED_ORIGINS)`);
}
