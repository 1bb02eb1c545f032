import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ClickHouse, migrate } from '@resonant/clickhouse';
import { alertsTopic, directoryTopic, type Records } from '@resonant/contracts';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { storeRange, type TestRecord } from './support/stored-range.ts';

let own: OwnEndpoint;
let clickhouse: ClickHouse;

beforeAll(async () => {
  own = await ownEndpoint();
  clickhouse = own.clickhouse;
  await migrate(clickhouse, 'embedded');
});
afterAll(() => own?.close());

const at = Date.UTC(2026, 2, 2, 9);

const account = (name: string, owners: Records['Account']['owners']): TestRecord['value'] => [
  'Account',
  { accountId: 'acme', name, owners, domains: [], crmIds: [] },
];

test('the dictionaries have the last version of an entry, the owner of now, and none that was removed', async () => {
  const owners = [
    { repId: 'rep-01', from: 0, to: at },
    { repId: 'rep-07', from: at, to: null },
  ];
  await storeRange(clickhouse, { topic: directoryTopic, partition: 0, first: 0, last: 4 }, [
    { offset: 0, value: account('Acme', []) },
    { offset: 1, value: ['Team', { teamId: 'north-1', name: 'North one', regions: [], supervisorId: 'rep-02' }] },
    { offset: 2, value: account('Acme Ltd', owners) },
    { offset: 3, value: ['Region', { regionId: 'north', name: 'North', directorId: 'rep-01' }] },
    { offset: 4, value: null, key: 'regions/north' },
  ]);
  for (const name of ['accounts', 'teams', 'regions']) {
    await clickhouse.command(`SYSTEM RELOAD DICTIONARY resonant.${name}`);
  }
  const [row] = await clickhouse.query(
    `SELECT dictGet('resonant.accounts', ('name', 'owner_id'), 'acme') AS account,
       dictGet('resonant.teams', 'supervisor_id', 'north-1') AS supervisor,
       dictHas('resonant.regions', 'north') AS is_region, dictGet('resonant.reps', 'name', 'nobody') AS unknown`,
  );
  expect(row).toEqual({
    account: { name: 'Acme Ltd', owner_id: 'rep-07' },
    supervisor: 'rep-02',
    is_region: 0,
    unknown: '',
  });
  expect(await clickhouse.query('SELECT count() AS n FROM resonant.directory')).toEqual([{ n: 5 }]);
});

test('alerts_current has the last transition of an alert, in whatever order they were stored', async () => {
  const said = (seq: number, transition: string): TestRecord['value'] => [
    'Alert',
    {
      ...{ alertId: 'c1', seq, ruleId: 'resonance', ruleVersion: 1, subject: { accountId: 'acme' }, transition },
      ...{ state: 'resonating', at, decidedAt: at, values: { strength: 1 / seq }, evidence: [], isLate: false },
      ...{ isShadow: false, openedAt: at, severity: 'high', title: {}, keyspace: 'account', partitionKey: 'acme' },
      ...{ partition: 1, tickOffset: 7 },
    },
  ];
  const partition = 0;
  await storeRange(clickhouse, { topic: alertsTopic, partition, first: 1, last: 1 }, [
    { offset: 1, value: said(2, 'resolved') },
  ]);
  await storeRange(clickhouse, { topic: alertsTopic, partition, first: 0, last: 0 }, [
    { offset: 0, value: said(1, 'opened') },
  ]);
  const current = await clickhouse.query(
    'SELECT alert_id, seq, transition, is_open, values FROM resonant.alerts_current',
  );
  expect(current).toEqual([{ alert_id: 'c1', seq: 2, transition: 'resolved', is_open: 0, values: { strength: 0.5 } }]);
});
