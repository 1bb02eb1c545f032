import {
  directoryTopic,
  type GlossaryEntry,
  ResonantError,
  type TalkTrack,
  vocabularyTopic,
} from '@resonant/contracts';
import {
  type FastifyInstance,
  isDirectoryKind,
  isVocabularyKind,
  type ReferenceKind,
  type ReferenceRecord,
  referenceKey,
  toRecord,
} from '@resonant/service';
import type { DirectoryEntry } from '../access/directory.ts';
import type { ApiContext } from './context.ts';

interface Section {
  readonly path: 'directory' | 'vocabulary';
  readonly topic: string;
  readonly scope: string;
  isKind(text: string): boolean;
  get(key: string): { readonly value: DirectoryEntry | TalkTrack | GlossaryEntry; readonly offset: number } | undefined;
  /** Shows a write of this replica at once; the follower brings it again. */
  put(record: ReferenceRecord, offset: number): void;
  remove(key: string, offset: number): void;
}

const idNames = ['accountId', 'contactId', 'repId', 'teamId', 'regionId', 'trackId', 'termId'];

/** An entry as it can be PUT again: `id` for its own id, instants as ISO 8601. */
function entryJson(id: string, value: object): unknown {
  const own = idNames.find((name) => Object.keys(value)[0] === name);
  const shown = Object.entries(value).filter(([name]) => name !== own);
  return { id, ...Object.fromEntries(shown.map(([name, part]) => [name, withIsoSpans(part)])) };
}

const withIsoSpans = (part: unknown): unknown => {
  if (!Array.isArray(part)) return part;
  return part.map((item: unknown) => {
    if (typeof item !== 'object' || item === null || !('from' in item)) return item;
    const { from, to, ...rest } = item as { from: number; to: number | null };
    return { ...rest, from: new Date(from).toISOString(), to: to === null ? null : new Date(to).toISOString() };
  });
};

/** `PUT/GET/DELETE /v1/directory/{kind}/{id}` and `/v1/vocabulary/{kind}/{id}`. */
export function referenceDataRoutes(app: FastifyInstance, context: ApiContext): void {
  const { directory, vocabulary } = context;
  sectionRoutes(app, context, {
    path: 'directory',
    topic: directoryTopic,
    scope: 'directory:write',
    isKind: isDirectoryKind,
    get: (key) => directory.entries.get(key),
    put: ({ key, name, value }, offset) =>
      directory.put(key, { type: name, value } as Parameters<typeof directory.put>[1], offset),
    remove: (key, offset) => directory.remove(key, offset),
  });
  sectionRoutes(app, context, {
    path: 'vocabulary',
    topic: vocabularyTopic,
    scope: 'vocabulary:write',
    isKind: isVocabularyKind,
    get: (key) => vocabulary.get(key),
    put: ({ key, value }, offset) => vocabulary.set(key, value as TalkTrack | GlossaryEntry, offset),
    remove: (key, offset) => vocabulary.set(key, undefined, offset),
  });
}

function sectionRoutes(app: FastifyInstance, { authorize, writer }: ApiContext, section: Section): void {
  const route = `/v1/${section.path}/:kind/:id`;
  type Params = { Params: { kind: string; id: string } };

  const kindOf = (kind: string): ReferenceKind => {
    if (section.isKind(kind)) return kind as ReferenceKind;
    throw new ResonantError('not-found', `there is no ${section.path} of ${kind}`);
  };

  app.put<Params>(route, async (request, reply) => {
    authorize(request, section.scope);
    const { kind, id } = request.params;
    const record = toRecord(kindOf(kind), id, request.body);
    const isNew = section.get(record.key) === undefined;
    const { offset } = await writer.put(section.topic, record.key, record.name, record.value, request.traceparent);
    section.put(record, offset);
    return reply.code(isNew ? 201 : 200).send(entryJson(id, record.value));
  });

  app.get<Params>(route, async (request) => {
    authorize(request, section.scope);
    const { kind, id } = request.params;
    const entry = section.get(referenceKey(kindOf(kind), id));
    if (entry === undefined) throw new ResonantError('not-found', `there is no ${kind}/${id}`);
    return entryJson(id, entry.value);
  });

  app.delete<Params>(route, async (request, reply) => {
    authorize(request, section.scope);
    const { kind, id } = request.params;
    const key = referenceKey(kindOf(kind), id);
    if (section.get(key) === undefined) throw new ResonantError('not-found', `there is no ${kind}/${id}`);
    const { offset } = await writer.remove(section.topic, key);
    section.remove(key, offset);
    return reply.code(204).send();
  });
}
