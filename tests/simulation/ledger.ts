import { type Report, replayCommand, type StateCounts } from './run.ts';

/** A failing seed in words, with the command that replays it. */
export const describeFailure = ({ seed, problems }: Report): string =>
  [`seed ${seed} failed; replay it: ${replayCommand(seed)}`, ...problems.map((problem) => `  ${problem}`)]
    .map((line) => `${line}\n`)
    .join('');

const counted = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${name} ${count}`).join(', ');

/** What many seeds came to, all together. */
export class Ledger {
  readonly seeds: number[] = [];
  readonly failed: number[] = [];
  readonly withoutFault: number[] = [];
  readonly withoutAlert: number[] = [];
  readonly faults = new Map<string, number>();
  /** Crashes by the point at which the process waited. */
  readonly crashes = new Map<string, number>();
  readonly transitions = new Map<string, number>();
  /** Of the keys of `StateCounts`. */
  readonly states = new Map<string, number>();
  /** The shortest run, in ms of the simulation. */
  shortestMs = Number.POSITIVE_INFINITY;

  add(report: Report): void {
    this.seeds.push(report.seed);
    if (report.problems.length > 0) this.failed.push(report.seed);
    if (report.faults.length === 0) this.withoutFault.push(report.seed);
    if (report.alerts === 0) this.withoutAlert.push(report.seed);
    const add = (counts: Map<string, number>, name: string, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by);
    for (const { kind, point } of report.faults) {
      add(this.faults, kind);
      if (kind === 'crash') add(this.crashes, point);
    }
    for (const [what, count] of Object.entries(report.states)) if (count > 0) add(this.states, what, count);
    for (const [transition, count] of Object.entries(report.transitions)) add(this.transitions, transition, count);
    this.shortestMs = Math.min(this.shortestMs, report.simulatedMs);
  }

  summary(): string {
    const held = this.seeds.length - this.failed.length;
    const of = (what: keyof StateCounts): number => this.states.get(what) ?? 0;
    return (
      `${held} of ${this.seeds.length} seeds hold, each of at least ${this.shortestMs / 1000} s\n` +
      `faults: ${counted(this.faults)}\ncrashes at: ${counted(this.crashes)}\nalerts: ${counted(this.transitions)}\n` +
      `snapshots: ${of('inOnePiece')} in one piece, ${of('inSeveral')} in several\n` +
      `restores: ${of('fromSnapshot')} from a snapshot, ${of('fromBeginning')} from the beginning of the log; ` +
      `${of('besideUnfinished')} beside an unfinished snapshot\n`
    );
  }
}
