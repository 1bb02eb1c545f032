import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readMigrations } from '../../src/index.ts';
import { splitStatements } from '../../src/migrations/files.ts';

describe('statements of a file', () => {
  test('end at semicolons outside of quotes and comments', () => {
    const text = "-- about it; all\nSELECT ';' AS a, `;` AS b -- no; end\n;\n\n-- next\nSELECT 'it''s; \\' ;' ;\n";
    expect(splitStatements(text)).toEqual(["SELECT ';' AS a, `;` AS b -- no; end", "SELECT 'it''s; \\' ;'"]);
  });

  test('are none where nothing is said', () => {
    expect(splitStatements('-- nothing yet\n')).toEqual([]);
  });
});

describe('the files of migrations', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  test('are read in order with a checksum for each statement', () => {
    write('0001-b.sql', 'DROP TABLE IF EXISTS resonant.x;');
    write('0000-a.sql', 'CREATE DATABASE IF NOT EXISTS resonant;');
    const [first, second] = readMigrations(folder);
    expect([first?.name, second?.name]).toEqual(['0000-a.sql', '0001-b.sql']);
    expect(second?.statements).toEqual([
      {
        text: 'DROP TABLE IF EXISTS resonant.x',
        checksum: '47b30d231da8c4c1c14fcb726cffb13541e992fe00f5650bb99add2ad3a8e298',
      },
    ]);
  });

  test.each([
    [
      'a name without a number',
      'tables.sql',
      'CREATE DATABASE IF NOT EXISTS x',
      'expected a name such as 0003-signals.sql',
    ],
    ['a gap', '0001-a.sql', 'CREATE DATABASE IF NOT EXISTS x', 'expected number 0, numbers have no gaps and come once'],
    [
      'a statement that may not run twice',
      '0000-a.sql',
      'CREATE TABLE x (a UInt8)',
      'expected a statement that may run twice',
    ],
    [
      'a statement that changes rows',
      '0000-a.sql',
      'INSERT INTO x VALUES (1)',
      'expected a statement that may run twice',
    ],
  ])('with %s are refused', (_what, name, text, message) => {
    write(name, text);
    expect(() => readMigrations(folder)).toThrow(message);
  });

  test('of this release are all there', () => {
    expect(readMigrations().map(({ number }) => number)).toEqual(readMigrations().map((_file, index) => index));
    expect(readMigrations().length).toBeGreaterThanOrEqual(12);
  });
});
