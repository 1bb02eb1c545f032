import { isSource, ResonantError, type Source, sources } from '@resonant/contracts';
import { calls } from './calls/index.ts';
import { crm } from './crm/index.ts';
import { emails } from './emails/index.ts';
import { forum } from './forum/index.ts';
import { knowledge } from './knowledge/index.ts';
import type { SourceDefinition } from './source.ts';

/** Every source that is taken in, by name. */
export const definitions: { readonly [S in Source]: SourceDefinition<S> } = { calls, emails, forum, knowledge, crm };

/** Throws `unknown-source`, naming those that exist. */
export function sourceNamed(name: string): SourceDefinition {
  if (isSource(name)) return definitions[name];
  throw new ResonantError('unknown-source', `there is no source ${name}; there are ${sources.join(', ')}`);
}
