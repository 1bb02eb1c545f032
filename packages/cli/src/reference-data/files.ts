import { readFile } from 'node:fs/promises';
import { entriesOfFile, type FileEntry, type ReferenceKind, referenceKey } from '@resonant/service';
import { parseDocument } from 'yaml';

/** Entries of all files, or everything that is wrong with them, a line each: `file: /path: message`. */
export interface LoadedFiles {
  readonly entries: readonly FileEntry[];
  readonly problems: readonly string[];
}

/** Reads YAML or JSON files of the directory or the vocabulary; `sections` says which. */
export async function readEntries(
  files: readonly string[],
  sections: Readonly<Record<string, ReferenceKind>>,
): Promise<LoadedFiles> {
  const entries: FileEntry[] = [];
  const problems: string[] = [];
  const fileOf = new Map<string, string>();
  for (const file of files) {
    const document = await documentOf(file);
    if ('problems' in document) {
      problems.push(...document.problems.map((problem) => `${file}: ${problem}`));
      continue;
    }
    const checked = entriesOfFile(document.value, sections);
    problems.push(
      ...checked.problems.map(({ path, message }) => `${file}: ${path === '' ? '' : `${path}: `}${message}`),
    );
    for (const entry of checked.entries) {
      const key = referenceKey(entry.kind, entry.id);
      const other = fileOf.get(key) ?? file;
      if (other === file) fileOf.set(key, file);
      else problems.push(`${file}: ${key} already stands in ${other}`);
      entries.push(entry);
    }
  }
  return { entries, problems };
}

async function documentOf(
  file: string,
): Promise<{ readonly value: unknown } | { readonly problems: readonly string[] }> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return { problems: [`cannot be read: ${(error as Error).message}`] };
  }
  // JSON is YAML, too.
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    return { problems: document.errors.map(({ message }) => message.split('\n')[0]?.replace(/:$/, '') ?? message) };
  }
  return { value: document.toJS() as unknown };
}
