/** The four ways signals are keyed; each has its own signals topic and consumer group. */
export const keyspaces = ['account', 'team', 'region', 'lead'] as const;

export type Keyspace = (typeof keyspaces)[number];

/** The signal field whose value is the record key in a keyspace's signals topic. */
export const keyField = {
  account: 'accountId',
  team: 'teamId',
  region: 'regionId',
  lead: 'leadId',
} as const satisfies Record<Keyspace, string>;

/** Source classes that ingest accepts. */
export const sources = ['calls', 'emails', 'forum', 'knowledge', 'crm'] as const;

export type Source = (typeof sources)[number];

/** True for the name of a source class. */
export const isSource = (text: string): text is Source => (sources as readonly string[]).includes(text);

/** The id of a touchpoint over all sources: `<source>:<id>`, with `id` as the sender made it. */
export const eventIdOf = (source: Source, id: string): string => `${source}:${id}`;
