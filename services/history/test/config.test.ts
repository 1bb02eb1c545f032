import { describe, expect, test } from '@jest/globals';
import { describeConfig, loadConfig } from '@resonant/service';
import { configSchema, limitsOf } from '../src/config.ts';

const least = {
  KAFKA_BROKERS: '127.0.0.1:9092',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8081',
  CLICKHOUSE_URL: 'http://127.0.0.1:8123',
  PORT: '0',
};

describe('the configuration', () => {
  test('verifies the schema of a server unless told otherwise', () => {
    const config = loadConfig(configSchema, least);
    expect(config).toMatchObject({
      CLICKHOUSE_FAMILY: 'server',
      HISTORY_MIGRATIONS: 'verify',
      CLICKHOUSE_USER: 'writer',
    });
    expect(config.HISTORY_EPOCHS.size).toBe(0);
    expect(limitsOf(config)).toEqual({
      batch: { rows: 20_000, bytes: 16 << 20, ageMs: 1000, quietAgeMs: 5000 },
      bufferBytes: 32 << 20,
      memoryBytes: 128 << 20,
    });
  });

  test('has smaller and younger batches on the embedded engine', () => {
    const config = loadConfig(configSchema, { ...least, CLICKHOUSE_FAMILY: 'embedded', HISTORY_BATCH_MS: '100' });
    expect(limitsOf(config).batch).toEqual({ rows: 5000, bytes: 4 << 20, ageMs: 100, quietAgeMs: 5000 });
  });

  test('takes epochs by topic', () => {
    const HISTORY_EPOCHS = 'resonant.alerts.v1=2,resonant.dead-letters.v1=1';
    const config = loadConfig(configSchema, { ...least, HISTORY_EPOCHS });
    expect(config.HISTORY_EPOCHS).toEqual(
      new Map([
        ['resonant.alerts.v1', 2],
        ['resonant.dead-letters.v1', 1],
      ]),
    );
  });

  test('is explained in words alone', () => {
    expect(describeConfig(configSchema)).not.toContain('[object');
    expect(describeConfig(configSchema)).toMatch(/HISTORY_EPOCHS .*default 0 for each \(optional\)/);
  });

  test.each([
    ['resonant.alerts.v1', /expected topic=number/],
    ['resonant.alerts.v1=x', /expected topic=number/],
    ['resonant.nothing.v1=1', /expected topics of the catalogue/],
  ])('refuses epochs such as %s', (HISTORY_EPOCHS, message) => {
    expect(() => loadConfig(configSchema, { ...least, HISTORY_EPOCHS })).toThrow(message);
  });
});
