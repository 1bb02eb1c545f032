import { expect, test } from '@jest/globals';
import { mutantsOf } from '../scripts/mutation/mutants.ts';

const source = `import { sha256 } from 'node:crypto';
/** True if x < y. */
export interface Line {
  readonly count: 1;
}
export function reaches(x: number, y: number): boolean {
  // Why x <= y.
  if (x === y) return true;
  return x < y && x + 10 > y;
}
class State {
  explain(at: number): number {
    return at + 1;
  }

  get changedCount(): number {
    return this.count - 1;
  }

  test(run: Parameters<Test['run']>[0]): true | null {
    return this.find(run);
  }

  end(at: number): void {
    this.changed.add('key - 1');
  }
}
export function exportedState(state: State): object {
  return { size: state.size + 1 };
}
`;

test('mistakes are made in code, one at a time, and not in imports, comments, types, texts, and what only explains or keeps state', () => {
  expect(mutantsOf('reaches.ts', source).map(({ line, after }) => `${line}: ${after.trim()}`)).toEqual([
    '8: if (x !== y) return true;',
    '8: if (x === y) return false;',
    '8: if (false && x === y) return true;',
    '9: return x <= y && x + 10 > y;',
    '9: return x < y && x + 10 >= y;',
    '9: return x < y || x + 10 > y;',
    '9: return x < y && x - 10 > y;',
    '9: return x < y && x + 0 > y;',
    '25: ;',
  ]);
});
