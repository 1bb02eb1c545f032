import { keyField } from '@resonant/contracts';
import { parseTimeOfDay } from '../durations.ts';
import { compileWhen, WhenError } from '../when/index.ts';
import { isPeriod } from './schema.ts';
import { type DocumentView, shown } from './view.ts';

const hour = 3_600_000;
const graceful = ['ratio', 'threshold', 'surge'];

/** Paths of the conditions of each pattern. */
const conditions: Readonly<Record<string, readonly string[]>> = {
  pair: ['a.when', 'b.when', 'strength.touch.when'],
  ratio: ['numerator.when', 'denominator.when'],
  deadline: ['start.when', 'stop.when'],
  threshold: ['when'],
  surge: ['when'],
};

const patternConstraints: Readonly<Record<string, (view: DocumentView) => void>> = {
  pair(view) {
    const fading = view.number('pattern.pair.strength.fading');
    const expired = view.number('pattern.pair.strength.expired');
    if (fading !== undefined && expired !== undefined && fading <= expired) {
      view.refuse('pattern.pair.strength.fading', `more than expired (${expired})`);
    }
  },
  ratio(view) {
    const path = 'pattern.ratio';
    multiple(view, `${path}.window`, `${path}.every`);
    heldByQuarters(view, path);
    const against = view.at(`${path}.against`);
    if (typeof against === 'string' && ['cohort', 'baseline', 'number'].includes(against)) {
      if (!view.has(`${path}.${against}`)) view.refuse(`${path}.${against}`, `what against: ${against} needs`);
    }
    multiple(view, `${path}.baseline.fallback`, `${path}.every`);
    if (against === 'baseline') {
      const every = view.ms(`${path}.every`);
      if (every !== undefined && every > 0 && hour % every !== 0) {
        view.refuse(`${path}.every`, 'a divisor of 1h, with a baseline');
      }
    }
    cohort(view, `${path}.cohort.by`);
    const deviation = view.number(`${path}.deviation`, 0);
    const recover = view.number(`${path}.recover`, 0);
    if (deviation !== undefined && recover !== undefined && recover > deviation) {
      view.refuse(`${path}.recover`, `at most the deviation (${deviation})`);
    }
  },
  threshold(view) {
    const path = 'pattern.threshold';
    const aggregate = view.at(`${path}.aggregate`);
    if (typeof aggregate === 'string' && aggregate !== 'count' && !view.has(`${path}.measure`)) {
      view.refuse(`${path}.measure`, `the measure to take the ${aggregate} of`);
    }
    const window = view.at(`${path}.window`);
    if (typeof window === 'string' && isPeriod(window)) {
      for (const name of ['every', 'hold']) {
        if (view.has(`${path}.${name}`)) view.refuse(`${path}.${name}`, `no ${name} with a window of ${window}`);
      }
      return;
    }
    if (!view.has(`${path}.every`)) view.refuse(`${path}.every`, 'how often a window of a duration is looked at');
    multiple(view, `${path}.window`, `${path}.every`);
    heldByQuarters(view, path);
  },
  surge(view) {
    multiple(view, 'pattern.surge.window', 'pattern.surge.every');
    multiple(view, 'pattern.surge.against', 'pattern.surge.every');
  },
};

/**
 * What rules.md asks of several fields together. Works on the document as it was written, so that these problems are
 * listed even when others are there; a field that is not as it should be is passed over here.
 */
export function checkConstraints(view: DocumentView): void {
  const kinds = view.keys('pattern');
  const expected = 'exactly one of pair, ratio, deadline, threshold, surge';
  if (view.has('pattern') && kinds.length !== 1) view.refuse('pattern', expected);
  subject(view);
  timing(view, kinds);
  calendar(view, kinds);
  for (let index = 0; index < view.size('actions'); index++) action(view, `actions.${index}`);
  for (const kind of kinds) {
    patternConstraints[kind]?.(view);
    for (const path of conditions[kind] ?? []) condition(view, `pattern.${kind}.${path}`);
  }
}

function subject(view: DocumentView): void {
  if (view.size('subject') > 4) view.refuse('subject', 'a list of at most 4');
  notEmpty(view, 'subject');
  const field = (keyField as Readonly<Record<string, string>>)[String(view.at('keyspace'))];
  if (field !== undefined && Array.isArray(view.at('subject')) && !view.texts('subject').includes(field)) {
    view.refuse('subject', `${field}, the field of the keyspace, among its fields`);
  }
  const items = view.texts('subject');
  if (new Set(items).size < items.length) view.refuse('subject', 'no field twice');
}

function timing(view: DocumentView, kinds: readonly string[]): void {
  if (view.has('grace') && kinds.length > 0 && !kinds.some((kind) => graceful.includes(kind))) {
    view.refuse('grace', 'no grace: it is for ratio, threshold and surge');
  }
  const [grace, lateness] = [view.ms('grace', '0s'), view.ms('lateness', '24h')];
  if (grace !== undefined && lateness !== undefined && lateness < grace) {
    view.refuse('lateness', `at least the grace (${shown(view.at('grace'))})`);
  }
}

function notEmpty(view: DocumentView, path: string): void {
  const list = view.at(path);
  if (Array.isArray(list) && list.length === 0) view.refuse(path, 'a list of at least 1');
}

function calendar(view: DocumentView, kinds: readonly string[]): void {
  if (!view.has('calendar')) return;
  notEmpty(view, 'calendar.days');
  const window = view.at('pattern.threshold.window');
  if (kinds.includes('pair') || (typeof window === 'string' && isPeriod(window))) {
    view.refuse('calendar', 'no calendar with pair or a window of day, week or month');
  }
  const from = view.at('calendar.from') ?? '00:00';
  const to = view.at('calendar.to') ?? '24:00';
  const start = typeof from === 'string' ? parseTimeOfDay(from) : undefined;
  const end = typeof to === 'string' ? parseTimeOfDay(to) : undefined;
  if (start !== undefined && end !== undefined && start >= end)
    view.refuse('calendar.from', `before to (${shown(to)})`);
}

function action(view: DocumentView, path: string): void {
  const anonymous = view.at(`${path}.anonymous`) === true;
  if (anonymous !== view.has(`${path}.minGroup`)) view.refuse(path, 'anonymous and minGroup together');
  if (!anonymous && !view.has(`${path}.minGroup`)) return;
  if (view.at('pattern.ratio.against') !== 'cohort') view.refuse(`${path}.anonymous`, 'a ratio against a cohort');
  if (view.has(`${path}.due`)) view.refuse(`${path}.due`, 'no due on what is anonymous');
}

function cohort(view: DocumentView, path: string): void {
  if (!Array.isArray(view.at(path))) return;
  notEmpty(view, path);
  const by = view.texts(path);
  const field = (keyField as Readonly<Record<string, string>>)[String(view.at('keyspace'))];
  if (by.some((name) => !view.texts('subject').includes(name))) view.refuse(path, 'fields of the subject');
  if (field !== undefined && !by.includes(field)) view.refuse(path, `${field}, the field of the keyspace, among them`);
}

function multiple(view: DocumentView, path: string, of: string): void {
  const [length, every] = [view.ms(path), view.ms(of)];
  if (length !== undefined && every !== undefined && every > 0 && length % every !== 0) {
    view.refuse(path, `a whole multiple of ${of.split('.').at(-1)} (${shown(view.at(of))})`);
  }
}

function heldByQuarters(view: DocumentView, path: string): void {
  const [every, hold] = [view.ms(`${path}.every`), view.ms(`${path}.hold`, '0s')];
  if (every !== undefined && hold !== undefined && hold > 0 && every * 4 > hold) {
    view.refuse(`${path}.every`, `at most a quarter of hold (${shown(view.at(`${path}.hold`))})`);
  }
}

function condition(view: DocumentView, path: string): void {
  const text = view.at(path);
  if (typeof text !== 'string') return;
  try {
    compileWhen(text);
  } catch (error) {
    if (!(error instanceof WhenError)) throw error;
    view.refuse(path, `a condition over a signal; ${error.message}`);
  }
}
