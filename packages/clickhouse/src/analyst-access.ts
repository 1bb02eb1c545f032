import type { EngineFamily } from './migrations/render.ts';

/** What analysts may read of the database `resonant`. Whatever is not named here is closed to them. */
export const analystAccess = {
  tables: [
    ...['touchpoints', 'payloads', 'log', 'signals', 'alerts', 'actions', 'deliveries', 'acknowledgements'],
    ...['rule_changes', 'rules', 'directory', 'vocabulary', 'dead_letters', 'dead_letter_outcomes'],
    ...['ledger', 'seals', 'erasures', 'losses', 'migrations', 'queries'],
  ],
  views: [
    ...['alerts_current', 'talk_tracks', 'glossary', 'row_hashes', 'digests', 'lost_ranges'],
    ...['v_signals', 'v_account_timeline', 'v_alert_evidence', 'v_rep_streaks', 'v_lead_response'],
    ...['v_breaker_latency', 'v_ingest_gaps', 'v_freshness'],
  ],
  dictionaries: ['accounts', 'contacts', 'reps', 'teams', 'regions'],
} as const satisfies Readonly<Record<'tables' | 'views' | 'dictionaries', readonly string[]>>;

const { tables, views, dictionaries } = analystAccess;

/** Families with users and roles. */
export type GrantingFamily = Exclude<EngineFamily, 'embedded'>;

export const grantingFamilies: readonly GrantingFamily[] = ['server', 'cluster'];

/** The role that a server's analysts are given. */
const role = 'resonant_analyst';

const limits = [
  'max_execution_time = 30 MAX 30',
  'max_result_rows = 1000000 MAX 1000000',
  'max_memory_usage = 1073741824 MAX 1073741824',
  'readonly = 2',
];

/**
 * Statements that make a server's analysts: a role that reads what `analystAccess` names and nothing besides, and the
 * limits that it is under. They may run twice. Of the embedded engine the front in deploy/local keeps analysts to the same.
 */
export function analystGrants(family: GrantingFamily): readonly string[] {
  const onCluster = family === 'cluster' ? " ON CLUSTER '{cluster}'" : '';
  // What is read through a table over the shards is read on each shard in the analyst's name.
  const locals = family === 'cluster' ? tables.map((table) => `${table}_local`) : [];
  return [
    `CREATE ROLE IF NOT EXISTS ${role}${onCluster}`,
    `CREATE SETTINGS PROFILE IF NOT EXISTS ${role}${onCluster} SETTINGS ${limits.join(', ')} TO ${role}`,
    ...[...tables, ...views, ...dictionaries, ...locals].map(
      (name) => `GRANT${onCluster} SELECT ON resonant.${name} TO ${role}`,
    ),
    ...dictionaries.map((name) => `GRANT${onCluster} dictGet ON resonant.${name} TO ${role}`),
  ];
}

/** All of them as one text; what is stored in `golden/`. */
export const analystGrantsText = (family: GrantingFamily): string =>
  analystGrants(family)
    .map((statement) => `${statement};\n`)
    .join('');
