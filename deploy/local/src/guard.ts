import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Reads `+ PID` and `- PID`. When its standard input ends, whoever started the processes is gone: those still listed
 * are asked to end, then made to.
 */
const script = `
pids=" "
while read -r op pid; do
  case "$op" in
    +) pids="$pids$pid " ;;
    -) rest=" "; for p in $pids; do [ "$p" = "$pid" ] || rest="$rest$p "; done; pids="$rest" ;;
  esac
done
for p in $pids; do kill -TERM "$p" 2>/dev/null; done
n=0
while [ $n -lt 50 ]; do
  alive=; for p in $pids; do kill -0 "$p" 2>/dev/null && alive=1; done
  [ -z "$alive" ] && exit 0
  sleep 0.2; n=$((n+1))
done
for p in $pids; do kill -KILL "$p" 2>/dev/null; done
`;

/** Ends our processes should this process be killed without a chance to do it itself. */
export class Guard {
  readonly #shell: ChildProcess;

  constructor() {
    this.#shell = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    this.#shell.unref();
    const { stdin } = this.#shell;
    // Unreferenced, or this process could not end by itself. A guard that died protects nothing and harms nothing.
    stdin?.on('error', () => undefined);
    if (stdin !== null && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  }

  add(pid: number): void {
    this.#shell.stdin?.write(`+ ${pid}\n`);
  }

  remove(pid: number): void {
    this.#shell.stdin?.write(`- ${pid}\n`);
  }

  close(): void {
    this.#shell.stdin?.end();
  }
}
