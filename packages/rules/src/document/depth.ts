/** How deep a rule document may be nested: a rule needs seven levels, what its tests expect a few more. */
export const mostLevels = 64;

/** True for a value that is nested deeper than that, or that holds itself. */
export function isTooDeep(value: unknown, level: number = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return level === mostLevels || Object.values(value).some((part) => isTooDeep(part, level + 1));
}
