import { describe, expect, test } from '@jest/globals';
import { TickSchedule } from '../src/tick-schedule.ts';

const ticked = (): TickSchedule => {
  const schedule = new TickSchedule();
  schedule.appending(10_000);
  schedule.tick({ offset: 5, at: 10_000 });
  return schedule;
};

const dueAt = (schedule: TickSchedule): number => 11_000 + schedule.dueIn(11_000);

describe('the tick schedule', () => {
  test('a partition without ticks gets one at once', () => {
    expect(new TickSchedule().dueIn(0)).toBeLessThan(0);
  });

  test('without signals a tick is due every second', () => {
    expect(ticked().dueIn(10_000)).toBe(1000);
  });

  test('a signal of the past gets a tick 20 ms after it arrived', () => {
    const schedule = ticked();
    schedule.signal(10_300, { offset: 6, occurredAt: 4000 });
    schedule.signal(10_310, { offset: 7, occurredAt: 4000 });
    expect(dueAt(schedule)).toBe(10_320);
  });

  test('a signal ahead of the clock gets a tick 20 ms after its own instant', () => {
    const schedule = ticked();
    schedule.signal(10_300, { offset: 6, occurredAt: 10_700 });
    expect(dueAt(schedule)).toBe(10_720);
  });

  test('a signal that a tick behind it has taken needs no other', () => {
    const schedule = ticked();
    schedule.appending(10_400);
    schedule.tick({ offset: 9, at: 10_400 });
    schedule.signal(10_410, { offset: 8, occurredAt: 10_400 });
    expect(dueAt(schedule)).toBe(11_400);
  });

  test('a tick before its instant does not take a signal that is ahead', () => {
    const schedule = ticked();
    schedule.signal(10_300, { offset: 6, occurredAt: 10_700 });
    schedule.appending(10_600);
    schedule.tick({ offset: 7, at: 10_600 });
    expect(dueAt(schedule)).toBe(10_720);
    schedule.appending(10_720);
    schedule.tick({ offset: 8, at: 10_720 });
    expect(dueAt(schedule)).toBe(11_720);
  });

  test('a tick that moves no time takes no signal, and is not repeated before its second is over', () => {
    const schedule = ticked();
    schedule.signal(10_300, { offset: 6, occurredAt: 10_700 });
    schedule.appending(10_720);
    schedule.tick({ offset: 9, at: 10_000 });
    expect(dueAt(schedule)).toBe(11_720);
    schedule.signal(10_730, { offset: 8, occurredAt: 9000 });
    expect(dueAt(schedule)).toBe(10_750);
  });

  test('a clock that went back makes no tick wait for it', () => {
    expect(ticked().dueIn(9000)).toBe(0);
  });

  test('goes on from what another one knew', () => {
    const former = ticked();
    former.signal(10_300, { offset: 6, occurredAt: 10_700 });
    const schedule = new TickSchedule();
    schedule.import(former.export());
    expect(schedule.export()).toEqual({ last: 10_000, lastOffset: 5, ahead: [10_700] });
    schedule.appending(10_600);
    expect(dueAt(schedule)).toBe(10_720);
  });

  test('an older tick of a zombie moves nothing back', () => {
    const schedule = ticked();
    schedule.appending(10_400);
    schedule.tick({ offset: 9, at: 9000 });
    expect(schedule.last).toBe(10_000);
  });
});
