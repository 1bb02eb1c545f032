import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { endpointsFile, partsFolder, portsOf } from '../places.ts';

/** What one check found; `problem` is one sentence that says what to do. */
export interface Finding {
  readonly name: string;
  readonly found: string;
  readonly problem?: string;
}

/** What a local stack needs. Java runs Kafka and the registry together with four Node processes. */
export const needs = { javaMajor: 17, diskBytes: 3e9, memoryBytes: 2e9 } as const;

/** Everything that can keep a local stack from starting, in the order in which it would be met. */
export async function checkMachine(place: {
  readonly base: number;
  readonly folder: string;
}): Promise<readonly Finding[]> {
  return [
    nodeFinding(),
    javaFinding(outputOf('java', ['-version'])),
    mavenFinding(outputOf('mvn', ['-v']), partsAreThere()),
    folderFinding(place.folder),
    diskFinding(place.folder, freeBytesOf(place.folder)),
    memoryFinding(process.platform === 'linux' ? freemem() : totalmem()),
    await portsFinding(place),
  ];
}

const nodeFinding = (): Finding => ({ name: 'Node', found: `${process.version} at ${process.execPath}` });

/** @param output what `java -version` printed; undefined = it could not be run */
export function javaFinding(output: string | undefined): Finding {
  const advice = `install a Java ${needs.javaMajor} runtime, e.g. "apt-get install openjdk-${needs.javaMajor}-jre-headless".`;
  const version = /version "(\d+)(?:\.(\d+))?[^"]*"/.exec(output ?? '');
  if (version === null) return { name: 'Java', found: 'not found', problem: `Java is missing: ${advice}` };
  // Java 8 calls itself 1.8.
  const major = Number(version[1] === '1' ? version[2] : version[1]);
  const found = version[0].replace('version ', '').replaceAll('"', '');
  if (major >= needs.javaMajor) return { name: 'Java', found };
  return { name: 'Java', found, problem: `Java ${found} is too old: ${advice}` };
}

/** @param output what `mvn -v` printed; undefined = it could not be run */
export function mavenFinding(output: string | undefined, fetched: boolean): Finding {
  const version = /Apache Maven ([\w.-]+)/.exec(output ?? '')?.[1];
  if (version !== undefined) return { name: 'Maven', found: version };
  if (fetched) return { name: 'Maven', found: 'not found, and not needed: the parts are there' };
  return {
    name: 'Maven',
    found: 'not found',
    problem: 'Maven is missing: install it (it fetches Kafka, the registry and Redis), e.g. "apt-get install maven".',
  };
}

function folderFinding(folder: string): Finding {
  try {
    accessSync(existingPartOf(folder), constants.W_OK | constants.X_OK);
    return { name: 'Data folder', found: folder };
  } catch {
    return {
      name: 'Data folder',
      found: `${folder} cannot be written`,
      problem: `The data folder ${folder} cannot be written: change its owner, or choose another one with --data DIR.`,
    };
  }
}

export function diskFinding(folder: string, free: number): Finding {
  const found = `${inGb(free)} free`;
  if (free >= needs.diskBytes) return { name: 'Disk', found };
  return {
    name: 'Disk',
    found,
    problem: `Only ${inGb(free)} are free at ${folder}, ${inGb(needs.diskBytes)} are needed: free some, or choose another place with --data DIR.`,
  };
}

export function memoryFinding(available: number): Finding {
  const found = `${inGb(available)} available`;
  if (available >= needs.memoryBytes) return { name: 'Memory', found };
  return {
    name: 'Memory',
    found,
    problem: `Only ${inGb(available)} of memory are available, ${inGb(needs.memoryBytes)} are needed: close other programs.`,
  };
}

/** Ports that a stack needs; those that a running one on this data folder holds are no problem. */
async function portsFinding(place: { readonly base: number; readonly folder: string }): Promise<Finding> {
  const ports = Object.entries(portsOf(place.base));
  const range = `${place.base} to ${Math.max(...ports.map(([, port]) => port))}`;
  const taken: string[] = [];
  for (const [name, port] of ports) if (!(await isFree(port))) taken.push(`${port} (${name})`);
  if (taken.length === 0) return { name: 'Ports', found: `${range} free` };
  if (existsSync(endpointsFile(place.folder)))
    return { name: 'Ports', found: `${range} held by the running local stack` };
  return { name: 'Ports', found: `in use: ${taken.join(', ')}`, problem: portsProblem(taken) };
}

/** @param taken ports with what they are for */
export const portsProblem = (taken: readonly string[]): string =>
  `Port${taken.length > 1 ? 's' : ''} ${taken.join(', ')} ${taken.length > 1 ? 'are' : 'is'} in use by another program: ` +
  'stop it, or choose other ports with --base PORT.';

/** True if a server could listen on 127.0.0.1:port. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

function outputOf(command: string, args: readonly string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? `${stdout}${stderr}` : undefined;
}

const partsAreThere = (): boolean =>
  existsSync(partsFolder) && readdirSync(partsFolder).some((name) => /^[0-9a-f]{12}$/.test(name));

/** The folder, or the nearest one above it that exists already. */
const existingPartOf = (folder: string): string => (existsSync(folder) ? folder : existingPartOf(dirname(folder)));

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(existingPartOf(folder));
  return bavail * bsize;
}

const inGb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
