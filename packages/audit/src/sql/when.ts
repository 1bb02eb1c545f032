import { parseWhen } from '@resonant/rules';
import { fieldColumn } from './fields.ts';
import { NotCovered } from './not-covered.ts';
import { quoted } from './text.ts';

type Node = ReturnType<typeof parseWhen>;

/**
 * A CEL expression as SQL. `sql` is its value: for a text NULL is CEL's null, for all else NULL is an evaluation error.
 * `error` tells for a text when it is an error; undefined = never.
 */
type Part =
  | { readonly type: 'text'; readonly sql: string; readonly error?: string; readonly isConstant?: boolean }
  | { readonly type: 'number' | 'bool'; readonly sql: string }
  | { readonly type: 'labels' | 'measures' }
  | { readonly type: 'list'; readonly items: readonly Part[] };

type Text = Extract<Part, { readonly type: 'text' }>;
type Scalar = Extract<Part, { readonly type: 'number' | 'bool' }>;

const textFields = [
  'channel',
  'accountId',
  'contactId',
  'repId',
  'teamId',
  'regionId',
  'leadId',
  'opportunityId',
  'eventId',
];

/**
 * A condition of a rule as a SQL expression over a row of `signals`: 1 where it holds, 0 where it does not or cannot be
 * evaluated. It follows CEL as rules.md has it, from the text of the condition; the compiled closures are not used.
 * Throws NotCovered for what SQL would decide differently.
 */
export function whenSql(text: string): string {
  const part = translate(parseWhen(text));
  if (part.type !== 'bool') throw new NotCovered(`a condition of type ${part.type}`);
  return `ifNull(${part.sql}, 0)`;
}

function translate(node: Node): Part {
  switch (node.op) {
    case 'value':
      return literal(node.args);
    case 'id':
      return variable(node.args);
    case '.':
      return element(translate(node.args[0]), quoted(node.args[1]));
    case '[]':
      return element(translate(node.args[0]), constantOf(translate(node.args[1])));
    case '&&':
    case '||': {
      const [a, b] = [bool(translate(node.args[0])), bool(translate(node.args[1]))];
      return { type: 'bool', sql: `(${a} ${node.op === '&&' ? 'AND' : 'OR'} ${b})` };
    }
    case '==':
    case '!=': {
      const same = equal(translate(node.args[0]), translate(node.args[1]));
      return { type: 'bool', sql: node.op === '==' ? same : `NOT ${same}` };
    }
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const [a, b] = [number(translate(node.args[0])), number(translate(node.args[1]))];
      return { type: 'bool', sql: `(${a} ${node.op} ${b})` };
    }
    case '+':
    case '-':
    case '*':
      return arithmetic(node.op, node.args);
    case '/':
      return arithmetic('/', node.args);
    case 'in':
      return { type: 'bool', sql: membership(translate(node.args[0]), translate(node.args[1])) };
    case '!_':
      return { type: 'bool', sql: `NOT ${bool(translate(node.args))}` };
    case '-_':
      return { type: 'number', sql: `(toFloat64(0) - ${number(translate(node.args))})` };
    case '?:': {
      const [test, a, b] = node.args.map(translate) as [Part, Part, Part];
      return choice(bool(test), a, b);
    }
    case 'list':
      return { type: 'list', items: node.args.map(translate) };
    case 'call':
      return called(node.args[0], node.args[1]);
    case 'rcall':
      return method(node.args[0], translate(node.args[1]), node.args[2].map(translate));
    default:
      throw new NotCovered(`${node.op} in a condition`);
  }
}

function literal(value: unknown): Part {
  switch (typeof value) {
    case 'string':
      return { type: 'text', sql: quoted(value), isConstant: true };
    case 'bigint':
    case 'number':
      return { type: 'number', sql: `toFloat64(${quoted(String(value))})` };
    case 'boolean':
      return { type: 'bool', sql: value ? '1' : '0' };
    default:
      return { type: 'text', sql: 'NULL', isConstant: true };
  }
}

function variable(name: string): Part {
  if (name === 'labels' || name === 'measures') return { type: name };
  if (name === 'id') return { type: 'text', sql: 'signal_id' };
  if (name === 'kind') return { type: 'text', sql: 'toString(kind)' };
  if (textFields.includes(name)) return { type: 'text', sql: fieldColumn(name) };
  throw new NotCovered(`${name} in a condition`);
}

const constantOf = (part: Part): string => {
  if (part.type === 'text' && part.isConstant === true) return part.sql;
  throw new NotCovered('a key that is computed');
};

function element(from: Part, key: string): Part {
  if (from.type === 'labels') return { type: 'text', sql: `labels[${key}]`, error: `NOT mapContains(labels, ${key})` };
  if (from.type === 'measures') {
    return { type: 'number', sql: `if(mapContains(measures, ${key}), measures[${key}], NULL)` };
  }
  throw new NotCovered(`a field of a ${from.type}`);
}

const bool = (part: Part): string => {
  if (part.type === 'bool') return part.sql;
  throw new NotCovered(`a ${part.type} in place of a bool`);
};

const number = (part: Part): string => {
  if (part.type === 'number') return part.sql;
  // Texts compare by UTF-16 code unit in rules and by byte here.
  throw new NotCovered(`an order of ${part.type}s`);
};

const orError = (parts: readonly (string | undefined)[], sql: string): string => {
  const errors = parts.filter((part) => part !== undefined);
  return errors.length === 0 ? sql : `if(${errors.join(' OR ')}, NULL, ${sql})`;
};

function equal(a: Part, b: Part): string {
  if (a.type === 'text' && b.type === 'text') {
    return orError([a.error, b.error], `isNotDistinctFrom(${a.sql}, ${b.sql})`);
  }
  if ((a.type === 'number' || a.type === 'bool') && a.type === b.type) return `(${a.sql} = ${(b as Scalar).sql})`;
  throw new NotCovered(`${a.type} beside ${b.type}`);
}

function membership(a: Part, b: Part): string {
  if ((b.type === 'labels' || b.type === 'measures') && a.type === 'text') {
    return orError([a.error], `ifNull(mapContains(${b.type}, assumeNotNull(${a.sql})) AND isNotNull(${a.sql}), 0)`);
  }
  if (b.type !== 'list') throw new NotCovered(`${a.type} in ${b.type}`);
  const wrong = b.items.flatMap((item): string[] => {
    if (item.type === 'text') return item.error === undefined ? [] : [item.error];
    return item.type === 'number' || item.type === 'bool' ? [`isNull(${item.sql})`] : [];
  });
  if (a.type !== 'text') wrong.push(`isNull(${(a as Scalar).sql})`);
  const found = b.items.map((item) => equal(a, item));
  return orError(
    [...wrong, a.type === 'text' ? a.error : undefined],
    found.length === 0 ? '0' : `(${found.join(' OR ')})`,
  );
}

function arithmetic(operator: string, args: readonly Node[]): Part {
  // Whole numbers made of literals or sizes alone divide and overflow differently.
  if (!args.some(hasMeasure)) throw new NotCovered('arithmetic without a measure');
  const [a, b] = args.map((arg) => number(translate(arg)));
  return { type: 'number', sql: `(${a} ${operator} ${b})` };
}

const hasMeasure = (node: Node): boolean =>
  JSON.stringify(node, (key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : key === 'input' ? '' : value,
  ).includes('"measures"');

function choice(test: string, a: Part, b: Part): Part {
  if (a.type === 'text' && b.type === 'text') {
    const error = `isNull(${test}) OR if(${test}, ${a.error ?? '0'}, ${b.error ?? '0'})`;
    return { type: 'text', sql: `if(${test}, ${a.sql}, ${b.sql})`, error };
  }
  if ((a.type === 'number' || a.type === 'bool') && a.type === b.type) {
    return { type: a.type, sql: `if(isNull(${test}), NULL, if(${test}, ${a.sql}, ${(b as Scalar).sql}))` };
  }
  throw new NotCovered(`a choice of ${a.type} and ${b.type}`);
}

function called(name: string, args: readonly Node[]): Part {
  const [arg] = args;
  if (name === 'has' && arg?.op === '.') {
    const map = translate(arg.args[0]);
    if (map.type !== 'labels' && map.type !== 'measures') throw new NotCovered(`has() of ${map.type}`);
    return { type: 'bool', sql: `mapContains(${map.type}, ${quoted(arg.args[1])})` };
  }
  if (name === 'size' && arg !== undefined) return size(translate(arg));
  throw new NotCovered(`${name}() in a condition`);
}

function size(of: Part): Part {
  if (of.type === 'text') return { type: 'number', sql: orError([of.error], `toFloat64(lengthUTF8(${of.sql}))`) };
  if (of.type === 'labels' || of.type === 'measures') return { type: 'number', sql: `toFloat64(length(${of.type}))` };
  if (of.type === 'list') return { type: 'number', sql: `toFloat64(${of.items.length})` };
  throw new NotCovered(`the size of a ${of.type}`);
}

function method(name: string, receiver: Part, args: readonly Part[]): Part {
  const [part] = args;
  if (name === 'size' && part === undefined) return size(receiver);
  if (receiver.type !== 'text' || part?.type !== 'text') throw new NotCovered(`${name} of a ${receiver.type}`);
  const test = tests[name]?.(receiver, part);
  if (test === undefined) throw new NotCovered(`${name}() in a condition`);
  return { type: 'bool', sql: orError([receiver.error, part.error], test) };
}

const tests: Readonly<Record<string, (text: Text, part: Text) => string>> = {
  startsWith: (text, part) => `startsWith(${text.sql}, ${part.sql})`,
  endsWith: (text, part) => `endsWith(${text.sql}, ${part.sql})`,
  contains: (text, part) => `(position(${text.sql}, ${part.sql}) > 0)`,
};
