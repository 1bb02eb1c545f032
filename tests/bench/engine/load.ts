import type { Signal } from '@resonant/contracts';
import { Engine } from '@resonant/engine';
import { compileRule, shippedRules } from '@resonant/rules';

export const minute = 60_000;
export const start = Date.parse('2026-03-02T08:00:00Z');

/** Numbers from 0 up to `below`, the same in every run (a 32-bit xorshift). */
export function chance(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

let ids = 0;

/** 32 hex digits, as services/signals makes them of a hash: one string, as a decoder gives it, not a sum of four. */
export function nextId(): string {
  const n = ++ids;
  const bytes = Buffer.alloc(16);
  for (const [i, factor] of [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f].entries()) {
    bytes.writeUInt32BE(Math.imul(n, factor) >>> 0, 4 * i);
  }
  return bytes.toString('hex');
}

export const signalOf = (kind: string, occurredAt: number, fields: Partial<Signal>): Signal => ({
  id: nextId(),
  kind,
  occurredAt,
  channel: 'call',
  accountId: null,
  contactId: null,
  repId: null,
  teamId: null,
  regionId: null,
  leadId: null,
  opportunityId: null,
  measures: {},
  labels: {},
  eventId: null,
  ...fields,
});

/** An engine with the shipped pack in force, or with the rules of it that are named. */
export function packEngine(...names: readonly string[]): Engine {
  return engineOf(
    shippedRules().flatMap(({ id, document }) => (names.length === 0 || names.includes(id) ? [document] : [])),
  );
}

/** An engine with these rules in force. */
export function engineOf(documents: readonly unknown[]): Engine {
  const engine = new Engine({
    compile: compileRule,
    onRefusal: ({ ruleId, detail }) => {
      throw new Error(`${ruleId} is refused: ${detail}`);
    },
  });
  for (const document of documents) {
    const { id } = document as { readonly id: string };
    engine.apply({ type: 'rule', action: 'put', ruleId: id, document, revision: null });
  }
  return engine;
}

/** How many subjects of each kind the mixed load is about; a team has twenty reps. */
export interface Population {
  readonly accounts: number;
  readonly leads: number;
  readonly reps: number;
  readonly competitors: number;
}

/** 100,000 subjects. */
export const hundredThousand: Population = { accounts: 40_000, leads: 30_000, reps: 28_000, competitors: 2000 };

/** 1,000 subjects, in the same shares. */
export const thousand: Population = { accounts: 400, leads: 300, reps: 280, competitors: 20 };

const channels = ['call', 'forum', 'email'];
const kinds: readonly (readonly [share: number, kind: string])[] = [
  [25, 'eligible-call'],
  [19, 'talk-track'],
  [15, 'sentiment'],
  [10, 'intent'],
  [5, 'touch'],
  [8, 'mention'],
  [8, 'kb-read'],
  [4, 'lead-created'],
  [4, 'lead-response'],
  [1, 'policy-published'],
  [1, 'policy-used'],
];
const byShare = kinds.flatMap(([share, kind]) => Array.from({ length: share }, () => kind));

/** Signals of every kind the shipped pack knows, about any of the subjects. */
export function mixedSignals(population: Population, seed = 7): (at: number) => Signal {
  const next = chance(seed);
  const unanswered: string[] = [];
  let leads = 0;
  return (at) => {
    const kind = byShare[next(byShare.length)] as string;
    switch (kind) {
      case 'sentiment':
        return signalOf(kind, at, {
          accountId: `account-${next(population.accounts)}`,
          channel: channels[next(3)] as string,
          measures: { polarity: (next(200) - 100) / 100 },
        });
      case 'intent':
        return signalOf(kind, at, {
          accountId: `account-${next(population.accounts)}`,
          channel: channels[next(3)] as string,
          labels: { intent: next(2) === 0 ? 'technical-consultation' : 'other' },
        });
      case 'touch':
        return signalOf(kind, at, {
          accountId: `account-${next(population.accounts)}`,
          labels: { personalised: next(2) === 0 ? 'yes' : 'no' },
        });
      case 'mention': {
        const competitor = next(population.competitors);
        return signalOf(kind, at, {
          regionId: `region-${competitor % 20}`,
          labels: { competitor: `competitor-${competitor}` },
        });
      }
      case 'lead-created': {
        const leadId = `lead-${leads++ % population.leads}`;
        unanswered.push(leadId);
        return signalOf(kind, at, { leadId });
      }
      case 'lead-response':
        return signalOf(kind, at, {
          leadId: unanswered.shift() ?? `lead-${next(population.leads)}`,
          labels: { by: 'human' },
        });
      default: {
        const rep = next(population.reps);
        const labels = kind.startsWith('policy')
          ? { policy: `policy-${next(3)}` }
          : { track: next(4) === 0 ? 'competitor-comparison' : 'new-policy' };
        return signalOf(kind, at, {
          repId: `rep-${rep}`,
          teamId: `team-${Math.floor(rep / 20)}`,
          regionId: `region-${rep % 20}`,
          measures: kind === 'kb-read' ? { activeSeconds: 60 + next(3000) / 10 } : {},
          labels,
        });
      }
    }
  };
}
