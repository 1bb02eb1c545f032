/** Ends of sentences: punctuation and what closes it, or a line break. An ASCII full stop must be followed by a space. */
const sentenceEnd = /(?:[。！？!?…]+|\.+(?=\s|$)|\n+)[”"'’」』)）\]]*\s*/gu;

/** The sentences of a text, without white space around them. */
export const sentences = (text: string): string[] => {
  const found: string[] = [];
  let start = 0;
  for (const match of text.matchAll(sentenceEnd)) {
    const end = match.index + match[0].length;
    found.push(text.slice(start, end).trim());
    start = end;
  }
  found.push(text.slice(start).trim());
  return found.filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
};

/** Joins neighbouring sentences while they stay within `longest` code units; longer sentences are cut at white space or anywhere. */
export const segments = (text: string, longest: number): string[] => {
  if (text.length <= longest) return [text];
  const found: string[] = [];
  let current = '';
  for (const piece of sentences(text).flatMap((sentence) => pieces(sentence, longest))) {
    if (current !== '' && current.length + 1 + piece.length > longest) {
      found.push(current);
      current = '';
    }
    current = current === '' ? piece : `${current} ${piece}`;
  }
  if (current !== '') found.push(current);
  return found;
};

const pieces = (sentence: string, longest: number): string[] => {
  const found: string[] = [];
  let rest = sentence;
  while (rest.length > longest) {
    const space = rest.lastIndexOf(' ', longest);
    const end = space > longest / 2 ? space : longest;
    found.push(rest.slice(0, end).trim());
    rest = rest.slice(end);
  }
  found.push(rest.trim());
  return found.filter((piece) => piece !== '');
};
