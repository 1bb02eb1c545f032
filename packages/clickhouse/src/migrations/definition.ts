/**
 * What a CREATE statement says, one fact per name: `engine`, `setting ttl_only_drop_parts`, `column rep_id: type`,
 * `column rep_id: comment`, `constraint named`, … Two definitions differ where their facts do.
 */
export type Facts = ReadonlyMap<string, string>;

/** Reads a CREATE statement as ClickHouse prints it on one line. */
export function factsOf(create: string): Facts {
  const facts = new Map<string, string>();
  const [head, object, , target] = /^CREATE ([A-Z ]+) ([^A-Z\s]\S*)(?: TO (\S+))? ?/.exec(create) ?? [''];
  facts.set('object', object ?? create.slice(0, 40));
  if (target !== undefined) facts.set('target', target);
  const hasList = create[head.length] === '(';
  const close = hasList ? closing(create, head.length) : head.length - 1;
  // The engine prints the columns of a view with a target from that target.
  if (hasList && target === undefined) {
    for (const part of splitTop(create.slice(head.length + 1, close))) addPart(facts, part);
  }
  const rest = create.slice(close + 1);
  for (const [clause, text] of clauses(rest, tableClauses)) {
    if (clause !== 'SETTINGS') facts.set(clause === 'AS' ? 'query' : clause.toLowerCase().replace(' =', ''), text);
    else for (const setting of splitTop(text)) addSetting(facts, setting);
  }
  return facts;
}

const tableClauses = [
  'ENGINE =',
  'PARTITION BY',
  'PRIMARY KEY',
  'ORDER BY',
  'TTL',
  'SETTINGS',
  'COMMENT',
  'SOURCE',
  'LIFETIME',
  'LAYOUT',
  'AS',
];
const columnClauses = ['DEFAULT', 'MATERIALIZED', 'ALIAS', 'COMMENT', 'CODEC', 'TTL'];

function addPart(facts: Map<string, string>, part: string): void {
  const [, kind, named, definition] = /^(CONSTRAINT|INDEX|PROJECTION) (\S+) (.*)$/s.exec(part) ?? [];
  if (kind !== undefined) {
    facts.set(`${kind.toLowerCase()} ${named}`, definition as string);
    return;
  }
  const [, quoted, bare, rest] = /^(?:`([^`]+)`|(\w+)) (.*)$/s.exec(part) ?? [];
  const name = `column ${quoted ?? bare}`;
  const found = clauses(rest ?? '', columnClauses);
  const first = found[0];
  facts.set(`${name}: type`, first === undefined ? (rest ?? '') : (rest as string).slice(0, first[2]).trim());
  for (const [clause, text] of found) {
    facts.set(
      `${name}: ${isDefault(clause) ? 'default' : clause.toLowerCase()}`,
      isDefault(clause) ? `${clause} ${text}` : text,
    );
  }
}

const isDefault = (clause: string): boolean => ['DEFAULT', 'MATERIALIZED', 'ALIAS'].includes(clause);

function addSetting(facts: Map<string, string>, setting: string): void {
  const [name, value] = setting.split(' = ', 2) as [string, string];
  facts.set(`setting ${name}`, value);
}

/** Clauses of a text: keyword, what follows it up to the next, and where it stands. A query after AS runs to the end. */
function clauses(text: string, keywords: readonly string[]): readonly (readonly [string, string, number])[] {
  const found: { readonly keyword: string; readonly at: number }[] = [];
  for (const at of topLevel(text)) {
    if (found.at(-1)?.keyword === 'AS') break;
    if (at > 0 && !/[\s)]/.test(text[at - 1] as string)) continue;
    const keyword = keywords.find((word) => text.startsWith(word, at) && !/\w/.test(text[at + word.length] ?? ' '));
    if (keyword !== undefined && !found.some((clause) => clause.keyword === keyword)) found.push({ keyword, at });
  }
  return found.map(({ keyword, at }, index) => [
    keyword,
    text.slice(at + keyword.length, found[index + 1]?.at).trim(),
    at,
  ]);
}

/** Parts of a list, split at commas outside of brackets and quotes. */
function splitTop(text: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (const at of topLevel(text)) {
    if (text[at] !== ',') continue;
    parts.push(text.slice(start, at).trim());
    start = at + 1;
  }
  return [...parts, text.slice(start).trim()].filter((part) => part !== '');
}

/** Places in a text that stand outside of brackets and quotes. */
function* topLevel(text: string): Generator<number> {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] as string;
    if (sign === "'" || sign === '`') at = endOfQuote(text, at);
    else if (sign === '(' || sign === '[') depth++;
    else if (sign === ')' || sign === ']') depth--;
    else if (depth === 0) yield at;
  }
}

function endOfQuote(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== text[start]) at += text[at] === '\\' ? 2 : 1;
  return at;
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const sign = text[at] as string;
    if (sign === "'" || sign === '`') at = endOfQuote(text, at);
    else if (sign === '(') depth++;
    else if (sign === ')' && --depth === 0) return at;
  }
  return text.length;
}
