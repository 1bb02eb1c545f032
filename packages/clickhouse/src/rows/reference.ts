import { type Decoded, keyspaces, type Records } from '@resonant/contracts';
import { from1, instant, named, oneOf, refuse } from './checks.ts';
import type { RecordRow } from './intake-columns.ts';
import type { Coordinates, KafkaRecord } from './record.ts';

/**
 * The row of an accepted change of a rule, from its record or, after compaction, from the tombstone under its key. Throws
 * a ValueError for what no row can hold, as do the others here.
 */
export function ruleRow(decoded: Decoded | null, record: KafkaRecord, at: Coordinates): RecordRow<'intake_rules'> {
  if (decoded === null) {
    const rule_id = named('key', textOf(record.key));
    const tombstone = { version: 0, action: 'delete', keyspace: '', document: '', changed_by: '' };
    return { rule_id, ...tombstone, changed_at: instant('timestamp', record.timestamp), ...at };
  }
  if (decoded.type !== 'Rule') return refuse('record', 'Rule', decoded.type);
  const { ruleId, action, keyspace, document, changedAt, changedBy } = decoded.value;
  const isPut = oneOf('action', ['put', 'delete'], action) === 'put';
  return {
    rule_id: named('ruleId', ruleId),
    version: isPut ? versionOf(document) : 0,
    action,
    keyspace: isPut ? oneOf('keyspace', keyspaces, keyspace ?? '') : '',
    document: document ?? '',
    changed_at: instant('changedAt', changedAt),
    changed_by: changedBy ?? '',
    ...at,
  };
}

function versionOf(document: string | null): number {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document ?? '');
  } catch {
    return refuse('document', 'a rule document as JSON', document);
  }
  const version = (parsed as { readonly version?: unknown } | null)?.version;
  return typeof version === 'number'
    ? from1('document.version', version)
    : refuse('document.version', 'a number', version);
}

const directoryKinds: Readonly<Record<string, string>> = {
  accounts: 'account',
  contacts: 'contact',
  reps: 'rep',
  teams: 'team',
  regions: 'region',
};

const noEntry = {
  is_deleted: 0,
  name: '',
  belongs_to: [],
  head_id: '',
  emails: [],
  phones: [],
  handles: [],
  domains: [],
  crm_ids: [],
} as const;

/** The row of a version of a directory entry; a tombstone is the version that removes it. */
export function directoryRow(
  decoded: Decoded | null,
  record: KafkaRecord,
  at: Coordinates,
): RecordRow<'intake_directory'> {
  if (decoded === null) return { ...noEntry, ...entryOfKey(record, directoryKinds), is_deleted: 1, ...at };
  return { ...noEntry, ...directoryEntry(decoded), ...at };
}

function directoryEntry(decoded: Decoded) {
  switch (decoded.type) {
    case 'Account': {
      const { accountId, name, owners, domains, crmIds } = decoded.value;
      const belongs_to = spans(owners, ({ repId }) => repId);
      return { kind: 'account', id: named('accountId', accountId), name, belongs_to, domains, crm_ids: crmIds };
    }
    case 'Contact': {
      const { contactId, name, accounts, emails, phones, handles } = decoded.value;
      const belongs_to = spans(accounts, ({ accountId }) => accountId);
      const id = named('contactId', contactId);
      return { kind: 'contact', id, name: name ?? '', belongs_to, emails, phones, handles };
    }
    case 'Rep': {
      const { repId, name, teams, emails, phones, handles } = decoded.value;
      const belongs_to = spans(teams, ({ teamId }) => teamId);
      return { kind: 'rep', id: named('repId', repId), name, belongs_to, emails, phones, handles };
    }
    case 'Team': {
      const { teamId, name, regions, supervisorId } = decoded.value;
      const belongs_to = spans(regions, ({ regionId }) => regionId);
      return { kind: 'team', id: named('teamId', teamId), name, belongs_to, head_id: supervisorId ?? '' };
    }
    case 'Region': {
      const { regionId, name, directorId } = decoded.value;
      return { kind: 'region', id: named('regionId', regionId), name, head_id: directorId ?? '' };
    }
    default:
      return refuse('record', 'Account, Contact, Rep, Team or Region', decoded.type);
  }
}

interface Span {
  readonly from: number;
  readonly to: number | null;
}

const spans = <S extends Span>(list: readonly S[], idOf: (span: S) => string) =>
  list.map((span, index) => [
    ...[idOf(span), instant(`${index}.from`, span.from), span.to === null ? null : instant(`${index}.to`, span.to)],
  ]);

const vocabularyKinds: Readonly<Record<string, string>> = { 'talk-tracks': 'talk-track', glossary: 'glossary-entry' };

const noTerm = {
  is_deleted: 0,
  title: '',
  language: '',
  phrases: [],
  triggers: [],
  quorum: 0,
  is_technical: 0,
} as const;

/** The row of a version of a vocabulary entry; a tombstone is the version that removes it. */
export function vocabularyRow(
  decoded: Decoded | null,
  record: KafkaRecord,
  at: Coordinates,
): RecordRow<'intake_vocabulary'> {
  if (decoded === null) return { ...noTerm, ...entryOfKey(record, vocabularyKinds), is_deleted: 1, ...at };
  return { ...noTerm, ...vocabularyEntry(decoded), ...at };
}

function vocabularyEntry(decoded: Decoded) {
  if (decoded.type === 'TalkTrack') return talkTrack(decoded.value);
  if (decoded.type !== 'GlossaryEntry') return refuse('record', 'TalkTrack or GlossaryEntry', decoded.type);
  const { termId, term, language, aliases, isTechnical } = decoded.value;
  const kind = 'glossary-entry';
  const id = named('termId', termId);
  return { kind, id, title: term, language: language ?? '', phrases: aliases, is_technical: isTechnical ? 1 : 0 };
}

function talkTrack({ trackId, title, language, phrases, triggers, quorum }: Records['TalkTrack']) {
  const id = named('trackId', trackId);
  return {
    kind: 'talk-track',
    id,
    title,
    language: language ?? '',
    phrases,
    triggers,
    quorum: from1('quorum', quorum),
  };
}

/** A tombstone's key says what it removes: `accounts/acme`. */
function entryOfKey({ key }: KafkaRecord, kinds: Readonly<Record<string, string>>) {
  const text = textOf(key);
  const slash = text.indexOf('/');
  const kind = kinds[text.slice(0, slash)];
  const id = text.slice(slash + 1);
  if (slash < 0 || kind === undefined || id === '') {
    return refuse('key', `${Object.keys(kinds).join(', ')}, a slash and an id`, text);
  }
  return { kind, id };
}

const textOf = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('utf8');
