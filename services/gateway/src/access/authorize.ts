import { type FastifyRequest, type Principal, requireScope } from '@resonant/service';
import type { KeyTable } from './key-table.ts';

/** Who asks, if the key has every scope named; throws `unauthenticated`, `expired-key` or `forbidden`. */
export type Authorize = (request: FastifyRequest, ...scopes: readonly string[]) => Principal;

export const authorizer =
  (keys: KeyTable, now: () => number): Authorize =>
  (request, ...scopes) => {
    const principal = keys.authenticate(request.headers.authorization, now());
    for (const scope of scopes) requireScope(principal, scope);
    return principal;
  };
