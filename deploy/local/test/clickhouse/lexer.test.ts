import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { identifier, literal, tokensOf } from '../../src/clickhouse/lexer.ts';

const read = (sql: string): readonly string[] => [...tokensOf(sql)].map(({ kind, value }) => `${kind} ${value}`);

describe('tokens', () => {
  test.each([
    ['words and signs', 'SELECT a,b', ['word SELECT', 'word a', 'sign ,', 'word b']],
    ['comments', '/* a; */ x -- y\n#! z\n# w\nv', ['word x', 'word v']],
    ['a comment that is not closed', 'x /* y', ['word x', 'sign /', 'sign *', 'word y']],
    ['a text with quotes', "'it''s \\' ;'", ["text 'it''s \\' ;'"]],
    ['a text that is not closed', "'a; b", ["text 'a; b"]],
    ['a comment in a text', "'-- a' b", ["text '-- a'", 'word b']],
    ['a text in a comment', "-- 'a\nb", ['word b']],
    ['quoted names', '`a``b` "c""d"', ['name a`b', 'name c"d']],
    ['a here document', "$x$ it's; $x$ y", ["text $x$ it's; $x$", 'word y']],
    ['numbers', '1 1.5e-3 0xFF 1_000', ['number 1', 'number 1.5e-3', 'number 0xFF', 'number 1_000']],
    ['typographic quotes', '‘a; b’ “c”', ['text ‘a; b’', 'name c']],
    ['a bound parameter', '{a:UInt8}', ['sign {', 'word a', 'sign :', 'word UInt8', 'sign }']],
    ['letters of any script', 'SELECT größe, 名', ['word SELECT', 'word größe', 'sign ,', 'word 名']],
  ])('of %s', (_what, sql, expected) => {
    expect(read(sql)).toEqual(expected);
  });

  test('are found in any text, in order and without overlap', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (sql) => {
        let at = 0;
        for (const { start, end } of tokensOf(sql)) {
          if (start < at || end <= start || end > sql.length) return false;
          at = end;
        }
        return true;
      }),
    );
  });

  test('a literal and a quoted name are one token, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const [text, name, ...more] = tokensOf(`${literal(value)} ${identifier(value)}`);
        return text?.kind === 'text' && name?.kind === 'name' && name.value === value && more.length === 0;
      }),
    );
  });
});
