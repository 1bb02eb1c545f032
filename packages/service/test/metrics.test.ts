import { expect, test } from '@jest/globals';
import { Metrics } from '../src/index.ts';

test('metrics are rendered in the text form of Prometheus', async () => {
  const metrics = new Metrics();
  metrics.counter('records_total', 'records read', ['topic']).add({ topic: 'a' }, 3);
  metrics.gauge('lag_seconds', 'behind the log').set({}, 1.5);
  metrics.histogram('latency_seconds', 'time taken', [], [0.1, 1]).observe({}, 0.5);
  const text = await metrics.render();
  expect(text).toContain('records_total{topic="a"} 3');
  expect(text).toContain('lag_seconds 1.5');
  expect(text).toContain('latency_seconds_bucket{le="0.1"} 0');
  expect(text).toContain('latency_seconds_bucket{le="1"} 1');
});
