import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { isResonantError } from '@resonant/contracts';
import { KeyRing, makeKey, requireScope } from '../src/index.ts';

const now = Date.UTC(2026, 0, 5);
const made = (scopes: readonly string[] = ['ingest:calls'], expiresAt: number | null = now + 1000) =>
  makeKey({ name: 'dialler', scopes, expiresAt, now, randomBytes });

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (isResonantError(error)) return error.code;
    throw error;
  }
  return 'none';
};

describe('a key', () => {
  test('opens for the one who holds its text, and its record holds no secret', () => {
    const ring = new KeyRing();
    const { text, record } = made();
    ring.put(record);
    const principal = ring.authenticate(`Bearer ${text}`, now);
    expect(principal).toMatchObject({ keyId: record.keyId, name: 'dialler', scopes: ['ingest:calls'] });
    expect(JSON.stringify(record)).not.toContain(text.split('_')[2]);
    expect(text).toMatch(/^rsn_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
  });

  test.each([
    ['no header', undefined],
    ['another scheme', 'Basic cnNuOng='],
    ['no key', 'Bearer '],
    ['not a key of ours', 'Bearer abc'],
    ['an unknown key', `Bearer ${made().text}`],
  ])('is refused: %s', (_name, header) => {
    const ring = new KeyRing();
    ring.put(made().record);
    expect(codeOf(() => ring.authenticate(header, now))).toBe('unauthenticated');
  });

  test('is refused with another secret', () => {
    const ring = new KeyRing();
    const { record } = made();
    ring.put(record);
    const forged = `rsn_${record.keyId}_${randomBytes(32).toString('base64url')}`;
    expect(codeOf(() => ring.authenticate(`Bearer ${forged}`, now))).toBe('unauthenticated');
  });

  test('expires at its instant, can be revoked and removed', () => {
    const ring = new KeyRing();
    const { text, record } = made();
    const code = (at: number) => codeOf(() => ring.authenticate(`bearer ${text}`, at));
    ring.put(record);
    expect([code(now + 999), code(now + 1000)]).toEqual(['none', 'expired-key']);
    ring.put({ ...record, revokedAt: now });
    expect(code(now)).toBe('expired-key');
    ring.remove(record.keyId);
    expect(code(now)).toBe('unauthenticated');
  });

  test('a wrong secret does not learn that the key has expired', () => {
    const ring = new KeyRing();
    const { record } = made();
    ring.put(record);
    const forged = `Bearer rsn_${record.keyId}_${'A'.repeat(43)}`;
    expect(codeOf(() => ring.authenticate(forged, now + 5000))).toBe('unauthenticated');
  });
});

describe('scopes', () => {
  test.each([
    [['ingest:calls'], 'ingest:calls', true],
    [['ingest:calls'], 'ingest:emails', false],
    [['ingest:*'], 'ingest:emails', true],
    [['ingest:*'], 'alerts:read', false],
    [['admin'], 'rules:write', true],
    [['team:north'], 'team:south', false],
  ])('%j allows %s: %s', (scopes, asked, allowed) => {
    const ring = new KeyRing();
    const { text, record } = made(scopes);
    ring.put(record);
    const principal = ring.authenticate(`Bearer ${text}`, now);
    expect(principal.has(asked)).toBe(allowed);
    expect(codeOf(() => requireScope(principal, asked))).toBe(allowed ? 'none' : 'forbidden');
  });

  test.each([[[]], [['ingest']], [['ingest:faxes']], [['team:*']], [['*']], [['rules:delete', 'admin']]])(
    '%j makes no key',
    (scopes) => {
      expect(codeOf(() => made(scopes))).toBe('invalid-request');
    },
  );

  test('a key that has already expired is not made', () => {
    expect(codeOf(() => made(['admin'], now))).toBe('invalid-request');
  });
});
