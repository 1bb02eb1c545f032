import type { ASTNode } from '@marcbachmann/cel-js';

/** Signal kinds for which a condition can be true, or null if that cannot be told from its text. */
export function kindsOf(node: ASTNode): ReadonlySet<string> | null {
  const [a, b] = (Array.isArray(node.args) ? node.args : []) as [ASTNode, ASTNode];
  switch (node.op as string) {
    case '&&': {
      const [left, right] = [kindsOf(a), kindsOf(b)];
      if (left === null) return right;
      return right === null ? left : new Set([...left].filter((kind) => right.has(kind)));
    }
    case '||': {
      const [left, right] = [kindsOf(a), kindsOf(b)];
      return left === null || right === null ? null : new Set([...left, ...right]);
    }
    case '==':
      if (isKind(a) && isText(b)) return new Set([b.args as unknown as string]);
      if (isKind(b) && isText(a)) return new Set([a.args as unknown as string]);
      return null;
    case 'in': {
      const items = (b.op as string) === 'list' ? (b.args as unknown as ASTNode[]) : null;
      if (!isKind(a) || items === null || !items.every(isText)) return null;
      return new Set(items.map((item) => item.args as unknown as string));
    }
    default:
      return null;
  }
}

const isKind = (node: ASTNode): boolean => (node.op as string) === 'id' && (node.args as unknown) === 'kind';
const isText = (node: ASTNode): boolean =>
  (node.op as string) === 'value' && typeof (node.args as unknown) === 'string';
