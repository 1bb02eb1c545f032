import { quoted } from './text.ts';

/** Columns of `signals` by the name that rules give the field. */
const columns: Readonly<Record<string, string>> = {
  channel: 'channel',
  accountId: 'account_id',
  contactId: 'contact_id',
  repId: 'rep_id',
  teamId: 'team_id',
  regionId: 'region_id',
  leadId: 'lead_id',
  opportunityId: 'opportunity_id',
  eventId: 'event_id',
};

/** A text field of a signal (or `id`, `kind`, `labels.<name>`) as Nullable(String); NULL = absent. */
export function fieldColumn(name: string): string {
  if (name === 'id') return 'toNullable(signal_id)';
  if (name === 'kind') return 'toNullable(toString(kind))';
  if (name.startsWith('labels.')) {
    const label = quoted(name.slice('labels.'.length));
    return `if(mapContains(labels, ${label}), toNullable(labels[${label}]), NULL)`;
  }
  const column = columns[name];
  if (column === undefined) throw new RangeError(`expected a field of a signal, got ${name}`);
  return `if(${column} = '' AND NOT has(empty_fields, '${column}'), NULL, toNullable(toString(${column})))`;
}
