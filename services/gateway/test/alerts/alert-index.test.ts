import { describe, expect, test } from '@jest/globals';
import { AlertIndex, isOpen } from '../../src/alerts/alert-index.ts';
import { alertIdOf, alertOf } from '../support/alerts.ts';

const numbered = (n: number, changes: Parameters<typeof alertOf>[0] = {}) =>
  alertOf({ alertId: alertIdOf(String(n)), openedAt: n * 1000, evidence: [], ...changes });
const ids = (index: AlertIndex) => [...index.list()].map(({ openedAt }) => openedAt / 1000);

describe('alert index', () => {
  test('lists newest first and goes on behind any of them', () => {
    const index = new AlertIndex(100);
    for (const n of [3, 1, 5, 2, 4]) index.put(numbered(n));
    expect(ids(index)).toEqual([5, 4, 3, 2, 1]);
    const behind = [...index.list({ openedAt: 4000, alertId: alertIdOf('4') })];
    expect(behind.map(({ openedAt }) => openedAt)).toEqual([3000, 2000, 1000]);
  });

  test('keeps transitions once each, in order, however they come', () => {
    const index = new AlertIndex(100);
    for (const seq of [2, 1, 2, 3, 1]) index.put(numbered(1, { seq, transition: seq === 3 ? 'resolved' : 'updated' }));
    const entry = index.get(alertIdOf('1'));
    expect(entry?.transitions.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(entry && isOpen(entry.latest)).toBe(false);
  });

  test('lets those go first that changed longest ago', () => {
    const index = new AlertIndex(4);
    for (const n of [1, 2, 3]) index.put(numbered(n));
    index.put(numbered(1, { seq: 2 }));
    index.put(numbered(4));
    expect(ids(index)).toEqual([4, 3, 1]);
    expect(index.evicted).toBe(1);
  });

  test('finds the alerts of a touchpoint as long as it knows them', () => {
    const evidence = [{ eventId: 'forum:1', signalId: 's', occurredAt: 0, role: 'a' }];
    const index = new AlertIndex(2);
    index.put(numbered(1, { evidence }));
    expect([...index.alertsOfEvent('forum:1')]).toEqual([alertIdOf('1')]);
    index.put(numbered(2));
    index.put(numbered(3));
    expect([...index.alertsOfEvent('forum:1')]).toEqual([]);
  });
});
