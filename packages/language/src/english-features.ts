import { FeatureVector, hashStep, hashText } from './feature-vector.ts';
import { englishIntensifiers, englishNegations, englishValence } from './lexicon-en.ts';
import { addTopics, type TopicCounts } from './topics.ts';
import { englishTopics } from './topics-en.ts';
import { addValence, type ValenceHit, valenceEntries } from './valence.ts';

const smiley = /^(?:[:;=8xX]['-]?[)(DPpoO/|\\\][]+|<3|\^_?\^)$/u;
const sadSmiley = /[([/\\|]$/u;
const pattern = /[:;=8xX]['-]?[)(DPpoO/|\\\][]+(?!\w)|<3|\^_?\^|[A-Za-z]+(?:['’][A-Za-z]+)?|\d+|[!?]+|\.\.+|[^\s\w]/gu;

/** Words, smileys and punctuation of an English text; links, addresses, handles, code and numbers are one word each. */
export const englishTokens = (text: string): string[] =>
  (
    text
      .replace(/https?:\/\/\S+|\$LINK/gu, ' URL ')
      .replace(/[^\s@]+@[^\s@]+\.[^\s@]+/gu, ' EMAIL ')
      .replace(/`[^`]*`/gu, ' CODE ')
      .replace(/(^|\s)@\w+/gu, ' USER ')
      .match(pattern) ?? []
  ).map((token) => (/^\d/u.test(token) ? '#' : token.replace('’', "'")));

const wordPairs = new Map<string, number>();

const lookup = (tables: Readonly<Record<string, string>>) => {
  const exact = new Map<string, number>();
  const prefixes: [string, number][] = [];
  for (const [word, valence] of valenceEntries(tables)) {
    if (word.endsWith('*')) prefixes.push([word.slice(0, -1), valence]);
    else if (word.includes('_')) wordPairs.set(word, valence);
    else if (!exact.has(word)) exact.set(word, valence);
  }
  return remembered((word) => exact.get(word) ?? prefixes.find(([prefix]) => word.startsWith(prefix))?.[1] ?? 0);
};

/** Looking through prefixes is slow; texts repeat their words. */
const remembered = <T>(find: (word: string) => T): ((word: string) => T) => {
  const known = new Map<string, T>();
  return (word) => {
    const value = known.get(word);
    if (value !== undefined) return value;
    const found = find(word);
    if (known.size < 50_000) known.set(word, found);
    return found;
  };
};

const valenceOf = lookup(englishValence);

const topicWords = Object.entries(englishTopics).map(([topic, words]) => {
  const list = words.split(/\s+/u);
  return {
    topic,
    exact: new Set(list.filter((word) => !word.endsWith('*'))),
    prefixes: list.filter((word) => word.endsWith('*')).map((word) => word.slice(0, -1)),
  };
});
const topicsOf = remembered((word): readonly string[] =>
  topicWords
    .filter(({ exact, prefixes }) => exact.has(word) || prefixes.some((prefix) => word.startsWith(prefix)))
    .map(({ topic }) => topic),
);

const isNegation = (word: string): boolean => englishNegations.has(word) || word.endsWith("n't");
const isContrast = (word: string): boolean => word === 'but' || word === 'however' || word === 'although';
const endsClause = (word: string): boolean => /^[.,;:!?]/u.test(word);

/** How far a negation reaches, in words. */
const negationReach = 4;

/** What English models see of a text: words and pairs of words, words under negation, lexicon, topics. */
export const englishFeatures = (text: string): FeatureVector => {
  const vector = new FeatureVector();
  const written = englishTokens(text);
  const words = written.map((token) => (smiley.test(token) ? token : token.toLowerCase()));
  const topics: TopicCounts = {};
  for (const word of words) for (const topic of topicsOf(word)) topics[topic] = (topics[topic] ?? 0) + 1;
  // What is a plain fact among programmers may be a complaint between companies: such texts get features of their own.
  const amongCompanies = (topics.company ?? 0) >= 1;
  addWords(vector, words, amongCompanies);
  vector.closeGroup();
  if (words.some((word) => word.startsWith('?'))) topics['question mark'] = 1;
  const first = words.find((word) => /^\w/u.test(word));
  if (first !== undefined && topicsOf(first).includes('question')) topics['opens as question'] = 1;
  addTopics(vector, topics);
  vector.closeGroup();
  addSentiment(vector, words, amongCompanies);
  vector.closeGroup();
  return vector;
};

const addWords = (vector: FeatureVector, words: readonly string[], amongCompanies: boolean): void => {
  let previous = hashText('^');
  let negated = 0;
  for (const word of words) {
    const hash = hashText(word, hashText('w'));
    vector.add(hash);
    vector.add(hashStep(previous, hash));
    if (amongCompanies) vector.add(hashStep(hash, 2));
    previous = hash;
    if (negated > 0 && /^[a-z]/u.test(word)) vector.add(hashStep(hash, 1));
    if (isNegation(word)) negated = negationReach;
    else if (endsClause(word)) negated = 0;
    else negated--;
  }
  vector.add(hashStep(previous, hashText('$')));
};

const addSentiment = (vector: FeatureVector, words: readonly string[], amongCompanies: boolean): void => {
  const hits: ValenceHit[] = [];
  const contrastAt = words.findLastIndex(isContrast);
  let negated = 0;
  let factor = 1;
  let cheerful = 0;
  let gloomy = 0;
  for (const [at, word] of words.entries()) {
    if (smiley.test(word)) {
      if (sadSmiley.test(word)) gloomy++;
      else cheerful++;
      continue;
    }
    const pair = wordPairs.get(`${word}_${words[at + 1]}`);
    const valence = (pair ?? valenceOf(word)) * factor;
    if (valence !== 0) {
      const flipped = negated > 0;
      hits.push({ valence: flipped ? -valence / 2 : valence, negated: flipped, afterContrast: at > contrastAt });
    }
    factor = englishIntensifiers.has(word) ? 1.4 : 1;
    if (isNegation(word)) negated = negationReach;
    else if (endsClause(word)) negated = 0;
    else negated--;
  }
  const marks = {
    exclamations: words.filter((word) => word.includes('!')).length,
    questions: words.filter((word) => word.includes('?')).length,
    cheerful,
    gloomy,
    contrast: contrastAt >= 0,
    length: words.length,
  };
  addValence(vector, hits, marks);
  if (amongCompanies) addValence(vector, hits, marks, 'company valence');
};
