/** Settings of one statement by name. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/**
 * Settings as a clause of the statement itself: ` SETTINGS a = 1, b = 'x'`, or nothing. Given to a connection they could
 * outlive the statement, and a deduplication token that does swallows what comes after.
 */
export function settingsClause(settings: Settings = {}): string {
  const entries = Object.entries(settings);
  if (entries.length === 0) return '';
  return ` SETTINGS ${entries.map(([name, value]) => `${checkedName(name)} = ${literal(value)}`).join(', ')}`;
}

/** A text as an SQL literal. */
export const textLiteral = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const literal = (value: string | number | boolean): string =>
  typeof value === 'string' ? textLiteral(value) : String(Number(value));

function checkedName(name: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new TypeError(`expected the name of a setting, got ${name}`);
  return name;
}
