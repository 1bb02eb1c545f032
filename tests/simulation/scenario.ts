import type { Keyspace } from '@resonant/contracts';
import type { SeededRandom } from '@resonant/kafka';
import type { ReferenceKind } from '@resonant/service';
import { defaultLimits, type SnapshotLimits } from '@resonant/stream';

/** When every run begins: 2026-03-02T01:00:00Z, a Monday. */
export const startAt = Date.UTC(2026, 2, 2, 1);

/** How long things go wrong, and how long nothing more does before the books are checked. */
export const troubleMs = 600_000;
export const calmMs = 75_000;

/** The keyspaces that have rules here. */
export const ruledKeyspaces = ['lead', 'account', 'team'] as const satisfies readonly Keyspace[];
export type RuledKeyspace = (typeof ruledKeyspaces)[number];

/** What one run consists of; a seed decides it. */
export interface Scenario {
  /** The first is always `lead`: a lead that nobody answers gives an alert in every run. */
  readonly keyspaces: readonly RuledKeyspace[];
  readonly partitions: number;
  readonly signalsProcesses: number;
  readonly processorProcesses: number;
  /** Static membership: a process started again takes the place of the one before. */
  readonly isStatic: boolean;
  /** Whether time waits for touchpoints that are not yet signals. */
  readonly holdsTime: boolean;
  /** Faults per step of a process. */
  readonly faultRate: number;
  /** Mean ms from one touchpoint to the next. */
  readonly touchpointEveryMs: number;
  /** Mean ms from one SIGKILL, SIGSTOP or restart from outside to the next. */
  readonly blowEveryMs: number;
  /** Sizes that snapshots are written in. Those of production are one piece here; smaller ones make many of a few parts. */
  readonly snapshotLimits: SnapshotLimits;
  /** Ms that the import of a snapshot goes on before others have their turn: here after each part, or never. */
  readonly restoreStepMs: number;
}

const smallLimits = (random: SeededRandom): SnapshotLimits => ({
  pieceBytes: random.pick([1, 500, 2000]),
  sliceBytes: random.pick([1000, 4000]),
  chunkBytes: random.pick([150, 1000]),
  clearedAtOnce: random.pick([1, 10]),
});

export const scenarioOf = (random: SeededRandom): Scenario => ({
  keyspaces: random.chance(0.6) ? ['lead', random.pick(['account', 'team'] as const)] : ['lead'],
  partitions: random.pick([1, 1, 2]),
  signalsProcesses: 2,
  processorProcesses: random.between(2, 3),
  isStatic: random.chance(0.5),
  holdsTime: random.chance(0.2),
  faultRate: random.pick([0.002, 0.005, 0.01]),
  touchpointEveryMs: random.pick([5000, 8000, 12_000]),
  blowEveryMs: random.pick([60_000, 120_000, 240_000]),
  snapshotLimits: random.chance(0.3) ? defaultLimits.snapshotLimits : smallLimits(random),
  restoreStepMs: random.pick([0, defaultLimits.restoreStepMs]),
});

export const reps = ['rep-1', 'rep-2', 'rep-3'] as const;
export const accounts = ['acme', 'bolt'] as const;
export const policyPhrase = 'your rate is locked for two years';

/** The directory and the vocabulary of every run. */
export const referenceData: readonly (readonly [ReferenceKind, string, object])[] = [
  ['regions', 'north', { name: 'North' }],
  ['teams', 'team-a', { name: 'A', regions: [{ regionId: 'north' }] }],
  ['teams', 'team-b', { name: 'B' }],
  ...reps.map(
    (id, index) =>
      [
        'reps',
        id,
        { name: id, teams: [{ teamId: index < 2 ? 'team-a' : 'team-b' }], emails: [`${id}@v.example`] },
      ] as const,
  ),
  ...accounts.map(
    (id) => ['accounts', id, { name: id, owners: [{ repId: 'rep-1' }], domains: [`${id}.example`] }] as const,
  ),
  ...accounts.map(
    (id) =>
      [
        'contacts',
        `${id}-1`,
        { name: `${id} one`, accounts: [{ accountId: id }], emails: [`one@${id}.example`], handles: [`github:${id}`] },
      ] as const,
  ),
  ['talk-tracks', 'new-policy', { phrases: [policyPhrase] }],
];

type Document = Readonly<Record<string, unknown>> & { readonly id: string };

const common = { apiVersion: 'resonant/v1', lateness: '10m' } as const;

/** Rules whose spans fit into minutes; the version and what a change of it changes are given. */
export const ruleDocuments: Readonly<Record<RuledKeyspace, readonly ((version: number) => Document)[]>> = {
  lead: [
    (version) => ({
      ...common,
      id: 'lead-response',
      version,
      keyspace: 'lead',
      subject: ['leadId'],
      severity: 'critical',
      pattern: {
        deadline: {
          start: { when: "kind == 'lead-created'" },
          stop: { when: "kind == 'lead-response' && labels.by == 'human'" },
          within: version % 2 === 1 ? '45s' : '60s',
        },
      },
      actions: [
        { type: 'warning', to: 'supervisor', on: 'opened' },
        { type: 'intervention', to: 'supervisor', on: 'opened', due: '40s', escalateTo: 'director' },
      ],
    }),
  ],
  account: [
    (version) => ({
      ...common,
      id: 'resonance',
      version,
      keyspace: 'account',
      subject: ['accountId'],
      pattern: {
        pair: {
          a: { when: "kind == 'sentiment' && measures.polarity <= -0.3" },
          b: { when: "kind == 'intent' && labels.intent == 'technical-consultation'" },
          within: '3m',
          distinct: ['channel'],
          renotify: '20s',
          strength: {
            residual: 0.1,
            at: version % 2 === 1 ? '100s' : '150s',
            neglectFactor: 2,
            touch: { when: "kind == 'touch' && labels.personalised == 'yes'" },
            fading: 0.3,
            expired: 0.05,
            lift: 3.2,
          },
        },
      },
      actions: [{ type: 'talk-track-pack', to: 'account-owner', on: 'opened' }],
    }),
    (version) => ({
      ...common,
      id: 'complaints',
      version,
      keyspace: 'account',
      subject: ['accountId'],
      pattern: {
        threshold: {
          when: "kind == 'sentiment' && measures.polarity <= -0.3",
          aggregate: 'count',
          window: '90s',
          every: '10s',
          side: 'above',
          value: version % 2,
        },
      },
    }),
  ],
  team: [
    (version) => ({
      ...common,
      id: 'policy-usage',
      version,
      keyspace: 'team',
      subject: ['teamId', 'repId'],
      pattern: {
        ratio: {
          numerator: { when: "kind == 'talk-track' && labels.track == 'new-policy'" },
          denominator: { when: "kind == 'eligible-call' && labels.track == 'new-policy'" },
          window: '120s',
          every: '10s',
          against: 'number',
          number: version % 2 === 1 ? 0.6 : 0.7,
          side: 'below',
          hold: '40s',
          noData: { policy: 'pause', close: '100s' },
          halfOpen: { after: '30s', trial: '30s' },
        },
      },
      actions: [
        { type: 'learning-card', to: 'rep', on: 'opened' },
        { type: 'intervention', to: 'supervisor', on: 'opened', due: '30s', escalateTo: 'director' },
      ],
    }),
  ],
};
