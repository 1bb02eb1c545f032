import { type Keyspace, keyField, type Signal } from '@resonant/contracts';
import { compareText } from './ids.ts';
import type { Subject } from './log.ts';
import type { CompiledRule } from './rule.ts';

/** Whom an alert is about. */
export interface SubjectRef {
  readonly fields: Subject;
  readonly partitionKey: string;
}

type Read = (signal: Omit<Signal, 'id' | 'eventId' | 'occurredAt' | 'measures'>) => string | null | undefined;

const fieldNames = new Set([
  'accountId',
  'contactId',
  'repId',
  'teamId',
  'regionId',
  'leadId',
  'opportunityId',
  'channel',
]);

/** Reads one field, or `labels.<name>`, of a signal. */
export function fieldReader(name: string): Read {
  if (name.startsWith('labels.')) {
    const label = name.slice('labels.'.length);
    return (signal) => (Object.hasOwn(signal.labels, label) ? signal.labels[label] : undefined);
  }
  if (!fieldNames.has(name)) throw new RangeError(`no field ${name}`);
  return (signal) => signal[name as 'accountId'];
}

/** Key of the values of `fields`, in any order, in a signal; undefined when one is missing. */
function keyReader(fields: readonly string[]): (signal: Signal) => string | undefined {
  const readers = [...fields].sort(compareText).map(fieldReader);
  const [first] = readers;
  if (readers.length === 1 && first !== undefined) return (signal) => first(signal) ?? undefined;
  return (signal) => {
    let key = '';
    for (const read of readers) {
      const value = read(signal);
      if (value === null || value === undefined) return undefined;
      key += `${value.length}:${value}`;
    }
    return key;
  };
}

const readers = new WeakMap<CompiledRule, ReturnType<typeof keyReader>>();

/** Key of the subject of a rule that a signal is about, or undefined when the signal lacks one of its fields. */
export function subjectKey(rule: CompiledRule, signal: Signal): string | undefined {
  let read = readers.get(rule);
  if (read === undefined) {
    read = keyReader(rule.subject);
    readers.set(rule, read);
  }
  return read(signal);
}

/** The subject of a rule that a signal is about; every field must be there. */
export function subjectOf(rule: CompiledRule, signal: Signal): SubjectRef {
  return refOf(rule, Object.fromEntries(rule.subject.map((name) => [name, fieldReader(name)(signal) as string])));
}

/** Key of the subject of a rule by its fields, or undefined when one is missing. */
export const keyOf = (rule: CompiledRule, fields: Subject): string | undefined => {
  const labels = Object.entries(fields).filter(([name]) => name.startsWith('labels.'));
  const named = labels.map(([name, value]) => [name.slice('labels.'.length), value] as const);
  return subjectKey(rule, { ...fields, labels: Object.fromEntries(named) } as unknown as Signal);
};

/** A subject from its fields. */
export const refOf = (rule: CompiledRule, fields: Subject): SubjectRef => ({
  fields,
  partitionKey: fields[keyField[rule.keyspace as Keyspace]] ?? '',
});
