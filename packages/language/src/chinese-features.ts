import { FeatureVector, hashStep, hashText } from './feature-vector.ts';
import { chineseContrasts, chineseIntensifiers, chineseNegations, chineseValence } from './lexicon-zh.ts';
import { addTopics, type TopicCounts } from './topics.ts';
import { chineseTopics } from './topics-zh.ts';
import { addValence, type ValenceHit, valenceEntries } from './valence.ts';
import { WordTrie } from './word-trie.ts';

type Particle = 'negation' | 'intensifier' | 'contrast';

const valences = new WordTrie<number>();
for (const [word, valence] of valenceEntries(chineseValence)) valences.add(word, valence);

const particles = new WordTrie<Particle>();
for (const word of chineseNegations) particles.add(word, 'negation');
for (const word of chineseIntensifiers) particles.add(word, 'intensifier');
for (const word of chineseContrasts) particles.add(word, 'contrast');

/** Case, width, white space and the value of numbers do not matter. */
const fold = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').replace(/\d+/gu, '0').trim();

const topics = new WordTrie<string[]>();
for (const [topic, words] of Object.entries(chineseTopics)) {
  for (const word of words.split(/\s+/u)) {
    topics.add(fold(word), []);
    topics.longestAt(fold(word), 0)!.value.push(topic);
  }
}

/** How far a negation or an intensifier reaches, in characters. */
const negationReach = 5;
const intensifierReach = 2;
/** Set phrases such as 不敢恭维 carry their negation inside. */
const longestNegatable = 3;

/** What Chinese models see of a text: single characters, pairs and triples, lexicon, topics. No segmenter is needed. */
export const chineseFeatures = (text: string): FeatureVector => {
  const vector = new FeatureVector();
  const folded = fold(text);
  addCharacters(vector, folded);
  vector.closeGroup();
  addTopics(vector, topicCounts(folded));
  vector.closeGroup();
  addSentiment(vector, folded);
  vector.closeGroup();
  return vector;
};

const addCharacters = (vector: FeatureVector, text: string): void => {
  const one = hashText('1');
  const two = hashText('2');
  const three = hashText('3');
  for (let at = 0; at < text.length; at++) {
    const first = text.charCodeAt(at);
    vector.add(hashStep(one, first));
    if (at + 1 === text.length) break;
    const second = text.charCodeAt(at + 1);
    vector.add(hashStep(hashStep(two, first), second));
    if (at + 2 === text.length) continue;
    vector.add(hashStep(hashStep(hashStep(three, first), second), text.charCodeAt(at + 2)));
  }
  vector.add(hashStep(hashText('^'), text.charCodeAt(0)));
  vector.add(hashStep(hashText('$'), text.charCodeAt(text.length - 1)));
};

const topicCounts = (text: string): TopicCounts => {
  const counts: TopicCounts = {};
  for (let at = 0; at < text.length; ) {
    const found = topics.longestAt(text, at);
    for (const topic of found?.value ?? []) counts[topic] = (counts[topic] ?? 0) + 1;
    at += found?.length ?? 1;
  }
  return counts;
};

const addSentiment = (vector: FeatureVector, text: string): void => {
  const found: { valence: number; negated: boolean; at: number }[] = [];
  let negatedUntil = -1;
  let strongUntil = -1;
  let contrastAt = -1;
  for (let at = 0; at < text.length; ) {
    const hit = valences.longestAt(text, at);
    if (hit !== undefined) {
      const valence = hit.value * (at <= strongUntil ? 1.4 : 1);
      const negated = at <= negatedUntil && hit.length <= longestNegatable;
      found.push({ valence: negated ? -valence * 0.6 : valence, negated, at });
      at += hit.length;
      continue;
    }
    const particle = particles.longestAt(text, at);
    if (particle?.value === 'negation') negatedUntil = at + negationReach;
    else if (particle?.value === 'intensifier') strongUntil = at + particle.length + intensifierReach - 1;
    else if (particle?.value === 'contrast') contrastAt = at;
    else if ('，。！？,.!?；; '.includes(text[at]!)) negatedUntil = -1;
    at += particle?.length ?? 1;
  }
  const hits = found.map(
    ({ valence, negated, at }): ValenceHit => ({ valence, negated, afterContrast: at > contrastAt }),
  );
  addValence(vector, hits, {
    exclamations: count(text, '!'),
    questions: count(text, '?'),
    cheerful: 0,
    gloomy: 0,
    contrast: contrastAt >= 0,
    length: text.length,
  });
};

const count = (text: string, character: string): number => text.split(character).length - 1;
