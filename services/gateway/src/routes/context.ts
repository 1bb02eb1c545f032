import type { Alert, GlossaryEntry, Party, Rule, TalkTrack } from '@resonant/contracts';
import type { Authorize } from '../access/authorize.ts';
import type { Directory } from '../access/directory.ts';
import type { Placement } from '../access/placement.ts';
import type { Acknowledger } from '../alerts/acknowledger.ts';
import type { AlertIndex } from '../alerts/alert-index.ts';
import type { TouchpointIndex } from '../evidence/touchpoint-index.ts';
import type { Entries } from '../writing/entries.ts';
import type { RuleChanges } from '../writing/rule-changes.ts';
import type { Writer } from '../writing/writer.ts';

/** What the HTTP routes work with. */
export interface ApiContext {
  readonly authorize: Authorize;
  readonly now: () => number;
  readonly index: AlertIndex;
  readonly touchpoints: TouchpointIndex;
  readonly acknowledger: Acknowledger;
  readonly placementOf: (alert: Alert) => Placement;
  readonly teamsOf: (party: Party) => Iterable<string>;
  readonly directory: Directory;
  readonly vocabulary: Entries<TalkTrack | GlossaryEntry>;
  readonly rules: Entries<Rule>;
  readonly ruleChanges: RuleChanges;
  readonly writer: Writer;
}
