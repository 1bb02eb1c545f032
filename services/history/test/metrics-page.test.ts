import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Metrics } from '@resonant/service';
import { damagedGauge } from '../src/erasures.ts';
import { streamMetrics } from '../src/stream-metrics.ts';

test('METRICS.md explains every metric of a partition and of the erasures, and no other', async () => {
  const metrics = new Metrics();
  streamMetrics(metrics);
  damagedGauge(metrics);
  const registered = [...(await metrics.render()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  const page = readFileSync(new URL('../METRICS.md', import.meta.url), 'utf8');
  const explained = new Set([...page.matchAll(/`(resonant_[a-z_]+)`/g)].map(([, name]) => name));
  expect([...explained].sort()).toEqual(registered.toSorted());
});
