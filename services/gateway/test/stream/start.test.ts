import { describe, expect, test } from '@jest/globals';
import { encodeCursor, logIdOf } from '../../src/stream/cursor.ts';
import { parseStart } from '../../src/stream/start.ts';

const place = { log: logIdOf('a cluster'), positions: [4, 0, 12] };
const now = Date.parse('2026-03-02T12:00:00.000Z');

describe('from', () => {
  test.each([
    ['latest', { kind: 'latest' }],
    ['earliest', { kind: 'earliest' }],
    ['15m', { kind: 'since', since: now - 900_000 }],
    ['500ms', { kind: 'since', since: now - 500 }],
    ['90s', { kind: 'since', since: now - 90_000 }],
    ['2h', { kind: 'since', since: now - 7_200_000 }],
    ['28d', { kind: 'since', since: now - 28 * 86_400_000 }],
    ['2026-03-02T09:00:00Z', { kind: 'since', since: Date.parse('2026-03-02T09:00:00Z') }],
    ['2026-03-02T17:00:00.250+08:00', { kind: 'since', since: Date.parse('2026-03-02T09:00:00.250Z') }],
    [encodeCursor(place), { kind: 'cursor', cursor: encodeCursor(place), ...place }],
  ])('reads %s', (text, start) => expect(parseStart(text, now)).toEqual(start));

  test.each([
    '',
    'LATEST',
    '15',
    '15 m',
    '-15m',
    '15w',
    '2026-03-02',
    '2026-03-02T09:00:00',
    '2026-13-02T09:00:00Z',
    'AQQ',
  ])('refuses %j and says what it expects', (text) =>
    expect(() => parseStart(text, now)).toThrow(/expected latest, earliest, a cursor .* such as 15m; got/),
  );
});
