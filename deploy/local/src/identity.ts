import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** When a process started, as text that only serves for comparison; undefined = there is no such process. */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || undefined;
  }
  try {
    // Field 22, counted behind the command's closing bracket since the command may contain spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    // The file goes when the process goes, also between its opening and its reading.
    return undefined;
  }
}

/** One line that names a running process for good: pids are used again, pid and start are not. */
export const identityOf = (pid: number): string => `${pid} ${startOf(pid) ?? 'gone'}`;

/** The pid in a line of `identityOf`, if that very process still runs. */
export function livingPid(identity: string): number | undefined {
  const [pid, ...start] = identity.trim().split(' ');
  const number = Number(pid);
  return Number.isInteger(number) && number > 1 && startOf(number) === start.join(' ') ? number : undefined;
}
