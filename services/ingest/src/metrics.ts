import type { Source } from '@resonant/contracts';
import type { Metrics } from '@resonant/service';

/** Counts events by source, way in (http, webhook, kafka) and what became of them. */
export function eventCounter(metrics: Metrics): (source: Source, via: string, outcome: string) => void {
  const events = metrics.counter('resonant_ingest_events_total', 'events by what became of them', [
    'source',
    'via',
    'outcome',
  ]);
  return (source, via, outcome) => events.add({ source, via, outcome });
}
