/** A mistake in one line of a source file. */
export interface Mutant {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/** What may go wrong in a line: what is replaced, by what. */
const mistakes: readonly (readonly [RegExp, string])[] = [
  [/ < /g, ' <= '],
  [/ <= /g, ' < '],
  [/ > /g, ' >= '],
  [/ >= /g, ' > '],
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ \?\? /g, ' && '],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/ \* /g, ' / '],
  [/\bMath\.min\(/g, 'Math.max('],
  [/\bMath\.max\(/g, 'Math.min('],
  // In front of `>` or ` |` it is a type.
  [/\btrue\b(?!>| \|)/g, 'false'],
  [/\bfalse\b(?!>| \|)/g, 'true'],
  // A number behind `>[` picks from a type.
  [/(?<![\w.'"]|>\[)[1-9][\d_]*(?![\w.'"])/g, '0'],
  [/(?<![\w.'"]|>\[)0(?![\w.'"])/g, '1'],
  [/\bif \(/g, 'if (false && '],
  [/^ +(?:continue|return|break);$/g, ';'],
  [/^ +[\w.#]+\([^;{]*\);$/g, ';'],
  [/'(?:opened|keep|pause|none|high|UTC|24h|live|any)'/g, "'mutated'"],
];

/** What the page does not speak of: state between entries, answers to "why". */
const passedOver =
  /^( {2}((static|get) )?\*?#?(explain|export\w*|import\w*|changed(Parts|Count)?)\(|(export )?(const|function) ((ex|im)ported\w*|memberState)\b|function \w*[eE]xplain).*[^(]\{$/;

/**
 * Every mistake that is made in a file, one at a time. Imports, comments and types are passed over, and so are methods
 * that export, import or explain.
 */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  let inType = false;
  let until: string | null = null;
  return text.split('\n').flatMap((before, index) => {
    if (/^(export )?(interface|type) /.test(before)) inType = !before.endsWith(';');
    const passed = inType || /^\s*(\/?\*|\/\/|import |readonly |export (type|interface|\{|\*))/.test(before);
    if (/^(\}|.*;$)/.test(before) && !/^ {2}\S/.test(before)) inType = false;
    if (until === null && passedOver.test(before)) until = before.startsWith(' ') ? '  }' : '}';
    if (until !== null) {
      if (before === until || before === `${until};`) until = null;
      return [];
    }
    return passed ? [] : changesOf(before).map((after) => ({ file, line: index + 1, before, after }));
  });
}

const changesOf = (line: string): readonly string[] => {
  const code = line.replace(/\s\/\/ .*$/, '');
  return mistakes.flatMap(([pattern, replacement]) =>
    [...code.matchAll(pattern)]
      .filter(({ index, 0: found }) => found.startsWith("'") || !isText(code.slice(0, index)))
      .map(({ index, 0: found }) => `${line.slice(0, index)}${replacement}${line.slice(index + found.length)}`),
  );
};

/** True if what follows `head` on its line is inside a text, a template or a regular expression. */
const isText = (head: string): boolean =>
  (head.match(/'/g)?.length ?? 0) % 2 === 1 || (head.match(/`/g)?.length ?? 0) % 2 === 1 || /\/[\^-][^/]*$/.test(head);
