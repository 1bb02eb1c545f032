import { type Period, zoneOf } from '@resonant/engine';
import type { Span } from './open-hours.ts';

const day = 86_400_000;

/** The ends of all days, weeks (from Monday) or months of a zone's calendar that lie in a span or follow it, in order. */
export function periodEnds(period: Period, zoneName: string, { first, last }: Span): readonly number[] {
  const zone = zoneOf(zoneName);
  const ends: number[] = [];
  const date = new Date(Math.floor((first + zone.offsetAt(first)) / day) * day - day);
  for (;;) {
    date.setUTCDate(date.getUTCDate() + 1);
    if (period === 'week' && date.getUTCDay() !== 1) continue;
    if (period === 'month' && date.getUTCDate() !== 1) continue;
    const { at } = zone.instantOf(date.getTime());
    if (at > first) ends.push(at);
    if (at > last) return ends;
  }
}
