import { zoneOf } from '@resonant/engine';

/**
 * Names that the JavaScript engine knows from Java, and IANA does not: what people mean by CST or IST depends on where
 * they are, and the engine takes the one for Chicago and the other for Calcutta.
 */
const foreign = new Set([
  ...['ACT', 'AET', 'AGT', 'ART', 'AST', 'BET', 'BST', 'CAT', 'CNT', 'CST', 'CTT', 'EAT', 'ECT', 'IET', 'IST'],
  ...['JST', 'MIT', 'NET', 'NST', 'PLT', 'PNT', 'PRT', 'PST', 'SST', 'VST', 'US/PACIFIC-NEW'],
]);

/** True for a name of the IANA time zone database, in letters of any case. */
export function isZoneName(name: string): boolean {
  if (!/^[A-Za-z]/.test(name) || foreign.has(name.toUpperCase()) || /^systemv\//i.test(name)) return false;
  try {
    zoneOf(name);
    return true;
  } catch {
    return false;
  }
}
