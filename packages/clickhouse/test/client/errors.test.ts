import { describe, expect, test } from '@jest/globals';
import { ResonantError } from '@resonant/contracts';
import { failureOf, refusal } from '../../src/client/failure.ts';
import { classOf, clickHouseCodeOf, errorClassOf, errorCodes, settingsClause, textLiteral } from '../../src/index.ts';

describe('the class of an error', () => {
  test.each([
    [469, 'data', 'history-refused-data'],
    [60, 'schema', 'history-schema'],
    [395, 'schema', 'history-schema'],
    [117, 'schema', 'history-schema'],
    [243, 'transient', 'history-unavailable'],
    [999_999, 'transient', 'history-unavailable'],
  ])('of code %i is %s', (code, name, resonantCode) => {
    const error = refusal('insert', code, 'Code: 60. DB::Exception: what the text says is not asked');
    expect([classOf(code), errorClassOf(error), error.code, clickHouseCodeOf(error)]).toEqual([
      name,
      name,
      resonantCode,
      code,
    ]);
  });

  test('is transient where no answer came', () => {
    const error = failureOf('insert into resonant.alerts', Object.assign(new Error(''), { code: 'ECONNREFUSED' }));
    expect([errorClassOf(error), clickHouseCodeOf(error)]).toEqual(['transient', undefined]);
    expect(error.message).toBe('insert into resonant.alerts: no answer from ClickHouse: ECONNREFUSED');
  });

  test('is none for an error of something else', () => {
    expect(errorClassOf(new ResonantError('fenced', ''))).toBeUndefined();
    expect(errorClassOf(new Error('Code: 469.'))).toBeUndefined();
  });

  test('is given for each code once, with its name and why', () => {
    const all = Object.values(errorCodes).flat();
    expect(new Set(all.map(([code]) => code)).size).toBe(all.length);
    expect(all.filter(([, name, why]) => !/^[A-Z0-9_]+$/.test(name) || why.length < 5)).toEqual([]);
  });
});

describe('settings of a statement', () => {
  test('become a clause of its text', () => {
    expect(settingsClause({})).toBe('');
    expect(settingsClause({ max_threads: 1, insert_deduplication_token: "a'b\\c", readonly: true })).toBe(
      " SETTINGS max_threads = 1, insert_deduplication_token = 'a\\'b\\\\c', readonly = 1",
    );
  });

  test('with a name that is none are refused', () => {
    expect(() => settingsClause({ 'a = 1; DROP': 1 })).toThrow('expected the name of a setting');
  });

  test('a text is quoted so that it ends where it ends', () => {
    expect(textLiteral("it's \\ here")).toBe("'it\\'s \\\\ here'");
  });
});
