import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '@resonant/cli';

/** The fenced shell commands of the root README and the fenced JSON answers it prints, in order. */
export function readmeExamples(): { readonly commands: readonly string[]; readonly answers: readonly string[] } {
  const text = readFileSync(join(repository, 'README.md'), 'utf8');
  const fenced = (language: string): readonly string[] =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\`$`, 'gm'))].map(
      (match) => match[1] as string,
    );
  return { commands: fenced('sh'), answers: fenced('json') };
}
