import { describe, expect, test } from '@jest/globals';
import { TickSchedule } from '../src/tick-schedule.ts';

const ticked = (): TickSchedule => {
  const schedule = new TickSchedule();
  schedule.appending(10_000);
  schedule.tick({ offset: 5, at: 10_000 });
  return schedule;
};

describe('the tick schedule', () => {
  test('a partition without ticks gets one at once', () => {
    expect(new TickSchedule().dueAt).toBeLessThan(0);
  });

  test('without signals a tick is due every second', () => {
    expect(ticked().dueAt).toBe(11_000);
  });

  test('a signal of the past gets a tick 20 ms after it arrived', () => {
    const schedule = ticked();
    schedule.signal(10_300, { offset: 6, occurredAt: 4000 });
    schedule.signal(10_310, { offset: 7, occurredAt: 4000 });
    expect(schedule.dueAt).toBe(10_320);
  });

  test('a signal ahead of the clock gets a tick 20 ms after its own instant', () => {
    const schedule = ticked();
    schedule.signal(10_300, { offset: 6, occurredAt: 10_700 });
    expect(schedule.dueAt).toBe(10_720);
  });

  test('a signal that a tick behind it has taken needs no other', () => {
    const schedule = ticked();
    schedule.appending(10_400);
    schedule.tick({ offset: 9, at: 10_400 });
    schedule.signal(10_410, { offset: 8, occurredAt: 10_400 });
    expect(schedule.dueAt).toBe(11_400);
  });

  test('a tick before its instant does not take a signal that is ahead', () => {
    const schedule = ticked();
    schedule.signal(10_300, { offset: 6, occurredAt: 10_700 });
    schedule.appending(10_600);
    schedule.tick({ offset: 7, at: 10_600 });
    expect(schedule.dueAt).toBe(10_720);
    schedule.appending(10_720);
    schedule.tick({ offset: 8, at: 10_720 });
    expect(schedule.dueAt).toBe(11_720);
  });

  test('an older tick of a zombie moves nothing back', () => {
    const schedule = ticked();
    schedule.appending(10_400);
    schedule.tick({ offset: 9, at: 9000 });
    expect(schedule.last).toBe(10_000);
  });
});
