import { type FeatureVector, hashText } from './feature-vector.ts';

/** A word of the lexicon found in a text: its valence after intensifiers and negation, and how it came about. */
export interface ValenceHit {
  readonly valence: number;
  readonly negated: boolean;
  /** Stands behind the last turn of phrase such as `but`. */
  readonly afterContrast: boolean;
}

export interface ValenceMarks {
  readonly exclamations: number;
  readonly questions: number;
  readonly cheerful: number;
  readonly gloomy: number;
  readonly contrast: boolean;
  /** Length of the text in words or characters. */
  readonly length: number;
}

/** Words by valence, as the lexicon tables have them, one entry per word. */
export const valenceEntries = (table: Readonly<Record<string, string>>): [string, number][] =>
  Object.entries(table).flatMap(([valence, words]) =>
    words
      .split(/\s+/u)
      .filter((word) => word !== '')
      .map((word): [string, number] => [word, Number(valence)]),
  );

/**
 * Adds what the lexicon says about a text: how much praise and blame, how strong, where, and what surrounds it. The same
 * may be added under several prefixes, so that a model can weigh it differently in another setting.
 */
export const addValence = (
  vector: FeatureVector,
  hits: readonly ValenceHit[],
  marks: ValenceMarks,
  prefix = 'valence',
): void => {
  const sums = { praise: 0, blame: 0, praiseAfter: 0, blameAfter: 0, negatedPraise: 0, negatedBlame: 0 };
  let strongestPraise = 0;
  let strongestBlame = 0;
  for (const { valence, negated, afterContrast } of hits) {
    const size = Math.abs(valence);
    if (valence > 0) {
      sums.praise += size;
      strongestPraise = Math.max(strongestPraise, size);
      if (afterContrast) sums.praiseAfter += size;
      if (negated) sums.negatedBlame += size;
    } else {
      sums.blame += size;
      strongestBlame = Math.max(strongestBlame, size);
      if (afterContrast) sums.blameAfter += size;
      if (negated) sums.negatedPraise += size;
    }
  }
  const logLength = Math.log1p(marks.length);
  const difference = sums.praise - sums.blame;
  const set = (name: string, value: number) => vector.add(hashText(`${prefix} ${name}`), value);
  set('praise', Math.log1p(sums.praise));
  set('blame', Math.log1p(sums.blame));
  set('strongest praise', strongestPraise / 3);
  set('strongest blame', strongestBlame / 3);
  set(`praise ${Math.round(strongestPraise)}`, 1);
  set(`blame ${Math.round(strongestBlame)}`, 1);
  set(`both ${Math.round(strongestPraise)} ${Math.round(strongestBlame)}`, 1);
  set('difference', Math.tanh(difference / 3));
  set('share', difference / (sums.praise + sums.blame + 1));
  set('density', difference / ((logLength + 1) * 3));
  set('negated praise', Math.log1p(sums.negatedPraise));
  set('negated blame', Math.log1p(sums.negatedBlame));
  set(`first ${Math.sign(hits[0]?.valence ?? 0)}`, 1);
  set(`last ${Math.sign(hits.at(-1)?.valence ?? 0)}`, 1);
  if (marks.contrast) {
    set('contrast', 1);
    set('after contrast', Math.tanh((sums.praiseAfter - sums.blameAfter) / 3));
  }
  set('exclamations', Math.min(marks.exclamations, 3) / 2);
  set('questions', Math.min(marks.questions, 2) / 2);
  set('cheerful', Math.min(marks.cheerful, 2));
  set('gloomy', Math.min(marks.gloomy, 2));
  set('length', logLength / 5);
  if (hits.length === 0) set('none', 1);
};
