import type { ASTNode } from '@marcbachmann/cel-js';
import { arithmetic, equality, folded, junction, membership, ordering } from './operators.ts';
import { type Checked, isText, type List, listable, type Type, type Value, WhenError } from './types.ts';

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
] as const;

/** What a condition can name: the signal without its instant. */
const variables: Readonly<Record<string, Checked>> = {
  id: { type: 'text', run: (signal) => signal.id },
  kind: { type: 'text', run: (signal) => signal.kind },
  labels: { type: 'labels', run: (signal) => signal.labels },
  measures: { type: 'measures', run: (signal) => signal.measures },
  ...Object.fromEntries(
    textFields.map((name): [string, Checked] => [name, { type: 'text', run: (signal) => signal[name] }]),
  ),
};

const textFunctions: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

/** Checks an expression against the signal's type and makes it runnable. Throws WhenError. */
export function check(node: ASTNode): Checked {
  const op = node.op as string;
  const args = node.args as unknown;
  const pair = (): [Checked, Checked] => {
    const [a, b] = args as [ASTNode, ASTNode];
    return [check(a), check(b)];
  };
  switch (op) {
    case 'value':
      return literal(args);
    case 'id': {
      const name = args as string;
      if (!Object.hasOwn(variables, name)) throw new WhenError(`there is no ${name} in a signal`);
      return variables[name] as Checked;
    }
    case '.': {
      const [from, key] = args as [ASTNode, string];
      return element(check(from), { type: 'string', constant: key, run: () => key });
    }
    case '[]':
      return element(...pair());
    case '&&':
    case '||':
      return junction(op, ...pair());
    case '==':
    case '!=':
      return equality(op, ...pair());
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordering(op, ...pair());
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(op, ...pair());
    case 'in':
      return membership(...pair());
    case '!_':
      return negation(check(args as ASTNode));
    case '-_':
      return minus(check(args as ASTNode));
    case '?:':
      return choice(...(args as [ASTNode, ASTNode, ASTNode]));
    case 'list':
      return list((args as ASTNode[]).map(check));
    case 'call': {
      const [name, parts] = args as [string, ASTNode[]];
      if (name === 'has') return has(parts);
      if (name === 'size' && parts.length === 1) return size(check(parts[0] as ASTNode));
      throw new WhenError(`${name}(…) is not allowed`);
    }
    case 'rcall': {
      const [name, receiver, parts] = args as [string, ASTNode, ASTNode[]];
      return method(name, receiver, parts);
    }
    default:
      throw new WhenError(`${op === 'map' ? 'a map literal' : op} is not allowed`);
  }
}

function literal(value: unknown): Checked {
  switch (typeof value) {
    case 'bigint': {
      const number = Number(value);
      return { type: 'int', constant: number, literal: true, run: () => number };
    }
    case 'number':
      return { type: 'number', constant: value, run: () => value };
    case 'string':
      return { type: 'string', constant: value, run: () => value };
    case 'boolean':
      return { type: 'bool', constant: value, run: () => value };
    default:
      if (value === null) return { type: 'null', constant: null, run: () => null };
      throw new WhenError('only texts, numbers, true, false, null and lists of them may be written');
  }
}

/** `labels.x`, `measures['x']`: a missing key is an error. */
function element(from: Checked, key: Checked): Checked {
  if (from.type.startsWith('list of ') && key.type === 'int') {
    const run = (signal: Parameters<Checked['run']>[0]): Value => {
      const index = key.run(signal);
      return index === undefined ? undefined : (from.run(signal) as readonly Value[] | undefined)?.[index as number];
    };
    return folded({ type: from.type.slice('list of '.length) as Type, run }, from, key);
  }
  if ((from.type !== 'labels' && from.type !== 'measures') || !isText(key.type)) {
    throw new WhenError(`${from.type} has no fields; only labels and measures have`);
  }
  const field = from.type;
  const type = field === 'labels' ? 'string' : 'number';
  if ('constant' in key) {
    const name = key.constant as string;
    return { type, run: (signal) => (Object.hasOwn(signal[field], name) ? signal[field][name] : undefined) };
  }
  return {
    type,
    run: (signal) => {
      const name = key.run(signal);
      return typeof name === 'string' && Object.hasOwn(signal[field], name) ? signal[field][name] : undefined;
    },
  };
}

function negation(of: Checked): Checked {
  if (of.type !== 'bool') throw new WhenError(`! does not go with ${of.type}`);
  const run = (signal: Parameters<Checked['run']>[0]): Value => {
    const value = of.run(signal);
    return value === undefined ? undefined : !value;
  };
  return folded({ type: 'bool', run }, of);
}

function minus(of: Checked): Checked {
  if (of.type !== 'int' && of.type !== 'number') throw new WhenError(`- does not go with ${of.type}`);
  const run = (signal: Parameters<Checked['run']>[0]): Value => {
    const value = of.run(signal);
    if (value === undefined) return undefined;
    // There is no negative zero among integers.
    return of.type === 'int' ? 0 - (value as number) : -(value as number);
  };
  return folded({ type: of.type, run, ...(of.literal === true ? { literal: true } : {}) }, of);
}

function choice(condition: ASTNode, then: ASTNode, otherwise: ASTNode): Checked {
  const [test, a, b] = [check(condition), check(then), check(otherwise)];
  if (test.type !== 'bool') throw new WhenError(`?: needs a bool, not ${test.type}`);
  const type = unified(a, b);
  const run = (signal: Parameters<Checked['run']>[0]): Value => {
    const holds = test.run(signal);
    return holds === undefined ? undefined : (holds ? a : b).run(signal);
  };
  return folded({ type, run }, test, a, b);
}

/** The one type of two alternatives. */
function unified(a: Checked, b: Checked): Type {
  if (a.type === b.type) return a.type;
  if (isText(a.type) && isText(b.type)) return 'text';
  if ((a.type === 'null' && isText(b.type)) || (b.type === 'null' && isText(a.type))) return 'text';
  const asNumber = (of: Checked): boolean => of.type === 'number' || of.literal === true;
  if (asNumber(a) && asNumber(b)) return 'number';
  throw new WhenError(`${a.type} and ${b.type} are not of one type`);
}

function list(items: readonly Checked[]): Checked {
  let type: Type = items[0]?.type ?? 'string';
  for (const item of items) {
    if (!listable(type, item.type)) throw new WhenError(`a list holds one type, not ${type} and ${item.type}`);
    if (type !== item.type) type = isText(type) || type === 'null' ? 'text' : 'number';
  }
  if (type === 'labels' || type === 'measures' || type.startsWith('list')) throw new WhenError(`no list of ${type}`);
  const run = (signal: Parameters<Checked['run']>[0]): Value => {
    const values: Value[] = [];
    for (const item of items) {
      const value = item.run(signal);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  };
  const checked = folded({ type: `list of ${type}` as List, run }, ...items);
  return 'constant' in checked ? { ...checked, run: () => checked.constant } : checked;
}

/** has(labels.x), has(measures.x). */
function has(parts: readonly ASTNode[]): Checked {
  const [part] = parts;
  if (parts.length !== 1 || part === undefined || (part.op as string) !== '.') {
    throw new WhenError('has(…) takes a label or a measure, such as has(labels.by)');
  }
  const [from, key] = part.args as unknown as [ASTNode, string];
  const map = check(from);
  if (map.type !== 'labels' && map.type !== 'measures') throw new WhenError(`has(…) does not go with ${map.type}`);
  return { type: 'bool', run: (signal) => Object.hasOwn(map.run(signal) as object, key) };
}

function size(of: Checked): Checked {
  if (!isText(of.type) && of.type !== 'labels' && of.type !== 'measures' && !of.type.startsWith('list')) {
    throw new WhenError(`size(…) does not go with ${of.type}`);
  }
  const run = (signal: Parameters<Checked['run']>[0]): Value => {
    const value = of.run(signal);
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return [...value].length;
    return Array.isArray(value) ? value.length : Object.keys(value).length;
  };
  return folded({ type: 'int', run }, of);
}

function method(name: string, receiver: ASTNode, parts: readonly ASTNode[]): Checked {
  if (name === 'size' && parts.length === 0) return size(check(receiver));
  const [part] = parts;
  if (!Object.hasOwn(textFunctions, name) || parts.length !== 1 || part === undefined) {
    throw new WhenError(`${name}(…) is not allowed`);
  }
  const holds = textFunctions[name] as (typeof textFunctions)[string];
  const [a, b] = [check(receiver), check(part)];
  if (!isText(a.type) || !isText(b.type)) throw new WhenError(`${name} does not go with ${a.type} and ${b.type}`);
  const run = (signal: Parameters<Checked['run']>[0]): Value => {
    const text = a.run(signal);
    const other = b.run(signal);
    return typeof text === 'string' && typeof other === 'string' ? holds(text, other) : undefined;
  };
  return folded({ type: 'bool', run }, a, b);
}
