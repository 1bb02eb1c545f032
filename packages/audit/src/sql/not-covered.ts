/** What a rule asks for that SQL cannot decide exactly; the proof by replay covers it. */
export class NotCovered extends Error {
  override readonly name = 'NotCovered';
}
