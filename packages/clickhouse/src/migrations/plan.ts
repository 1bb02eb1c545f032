import { ResonantError } from '@resonant/contracts';
import type { Migration } from './files.ts';

/** A statement that was done, as the table `migrations` has it. */
export interface AppliedStatement {
  readonly number: number;
  readonly name: string;
  /** From 1. */
  readonly statement: number;
  /** SHA-256, hexadecimal. */
  readonly checksum: string;
}

/** A statement that has still to be done. */
export interface PendingStatement extends AppliedStatement {
  /** Statements of its file. */
  readonly nStatements: number;
  /** As it stands in the file. */
  readonly text: string;
}

/**
 * What is left to do, in order. Throws `history-schema` if a file was changed after it was applied, or if the database is
 * ahead of this release: migrations go forward only.
 */
export function planOf(
  migrations: readonly Migration[],
  applied: readonly AppliedStatement[],
): readonly PendingStatement[] {
  const done = new Map(applied.map((entry) => [keyOf(entry.number, entry.statement), entry]));
  const problems: string[] = [];
  const pending = migrations.flatMap(({ number, name, statements }) => {
    return statements.flatMap(({ text, checksum }, index): readonly PendingStatement[] => {
      const statement = index + 1;
      const before = done.get(keyOf(number, statement));
      done.delete(keyOf(number, statement));
      if (before === undefined) return [{ number, name, statement, nStatements: statements.length, checksum, text }];
      if (before.checksum !== checksum) problems.push(changed(name, statement));
      return [];
    });
  });
  for (const { number, name, statement } of done.values()) {
    problems.push(
      migrations.some((migration) => migration.number === number)
        ? `${name}: statement ${statement} was applied and is no longer in the file; restore the file`
        : `${name} was applied by a newer release: use that release, or a newer one`,
    );
  }
  const first = pending[0];
  const beyond = applied.find(({ number }) => first !== undefined && number > first.number);
  if (first !== undefined && beyond !== undefined) {
    problems.push(
      `${first.name}: statement ${first.statement} was never applied although ${beyond.name} was; put new statements into a new file`,
    );
  }
  if (problems.length > 0) throw new ResonantError('history-schema', problems.join('\n'));
  return pending;
}

const changed = (name: string, statement: number): string =>
  `${name}: statement ${statement} was changed after it was applied; restore the file and put the change into a new one`;

const keyOf = (number: number, statement: number): string => `${number}/${statement}`;
