import type { DirectoryKind } from './directory.ts';
import { idField } from './fields.ts';
import { type Problem, type ReferenceKind, type ReferenceRecord, recordOrProblems } from './record.ts';
import type { VocabularyKind } from './vocabulary.ts';

/** Sections of a directory file, in the order in which entries refer to each other. */
export const directorySections = {
  regions: 'regions',
  teams: 'teams',
  reps: 'reps',
  accounts: 'accounts',
  contacts: 'contacts',
} as const satisfies Record<string, DirectoryKind>;

/** Sections of a vocabulary file; `talkTracks` is also what `resonant analyze --vocabulary` reads. */
export const vocabularySections = {
  talkTracks: 'talk-tracks',
  glossary: 'glossary',
} as const satisfies Record<string, VocabularyKind>;

/** An entry of a file as it is to be PUT. */
export interface FileEntry {
  readonly kind: ReferenceKind;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly record: ReferenceRecord;
}

/**
 * Checks a parsed directory or vocabulary file (an object of lists, each entry with its `id`). Either every entry is
 * fine, or all problems are listed with paths such as `/accounts/2/owners/0/from`.
 */
export function entriesOfFile(
  document: unknown,
  sections: Readonly<Record<string, ReferenceKind>>,
): { readonly entries: readonly FileEntry[]; readonly problems: readonly Problem[] } {
  const names = Object.keys(sections);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return { entries: [], problems: [{ path: '', message: `expected an object with ${names.join(', ')}` }] };
  }
  const problems: Problem[] = [];
  const entries: FileEntry[] = [];
  for (const unknown of Object.keys(document).filter((name) => !Object.hasOwn(sections, name))) {
    problems.push({ path: `/${unknown}`, message: `unknown section; expected ${names.join(', ')}` });
  }
  for (const [name, kind] of Object.entries(sections)) {
    const list = (document as Readonly<Record<string, unknown>>)[name] ?? [];
    if (!Array.isArray(list)) {
      problems.push({ path: `/${name}`, message: 'expected a list of entries, each with an id' });
      continue;
    }
    const firstIndexOf = new Map<string, number>();
    for (const [index, item] of list.entries()) {
      const path = `/${name}/${index}`;
      const entry = entryOf(kind, item);
      if ('problems' in entry) {
        problems.push(...entry.problems.map((problem) => ({ ...problem, path: path + problem.path })));
        continue;
      }
      const first = firstIndexOf.get(entry.id);
      if (first === undefined) firstIndexOf.set(entry.id, index);
      else problems.push({ path: `${path}/id`, message: `"${entry.id}" already stands in /${name}/${first}` });
      entries.push(entry);
    }
  }
  return { entries, problems };
}

function entryOf(kind: ReferenceKind, item: unknown): FileEntry | { readonly problems: readonly Problem[] } {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return { problems: [{ path: '', message: 'expected an object with an id' }] };
  }
  const { id: given, ...body } = item as Readonly<Record<string, unknown>>;
  const id = idField.safeParse(given);
  if (!id.success) {
    // The other fields are checked under a stand-in id, so that one run shows every problem.
    const rest = recordOrProblems(kind, 'unnamed', body);
    const message = given === undefined ? 'required' : id.error.issues.map((issue) => issue.message).join('; ');
    return { problems: [{ path: '/id', message }, ...('problems' in rest ? rest.problems : [])] };
  }
  const result = recordOrProblems(kind, id.data, body);
  return 'problems' in result ? result : { kind, id: id.data, body, record: result.record };
}
