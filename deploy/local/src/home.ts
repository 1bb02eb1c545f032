import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createKey, githubSecretFile, operatorKeyFile, sealKeyFile, sealPublicKeyFile } from '@resonant/cli';
import type { Log } from '@resonant/kafka';

/** Where the demo of a data folder stands. */
export type DemoState = 'none' | 'begun' | 'ended';

const demoFile = (folder: string): string => join(folder, 'demo.json');

/** True if a broker has run on this folder before. */
export const holdsData = (folder: string): boolean => existsSync(join(folder, 'kafka', 'meta.properties'));

export function demoState(folder: string): DemoState {
  const file = demoFile(folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { state: DemoState }).state : 'none';
}

export const noteDemo = (folder: string, state: DemoState): void =>
  writeWhole(demoFile(folder), `${JSON.stringify({ state })}\n`);

/** The secret of the GitHub endpoint `community`: made once, then kept. */
export function githubSecret(folder: string): string {
  const file = githubSecretFile(folder);
  if (!existsSync(file)) writeWhole(file, randomBytes(24).toString('hex'), 0o600);
  return readFileSync(file, 'utf8').trim();
}

/** The file of the key that seals history: made once with its public half, then kept. */
export function sealKey(folder: string): string {
  const file = sealKeyFile(folder);
  if (!existsSync(file)) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    // The private one last: where it is, the public one is too.
    writeWhole(sealPublicKeyFile(folder), publicKey.export({ type: 'spki', format: 'pem' }).toString());
    writeWhole(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  }
  return file;
}

/** The operator's API key, with every right: made once, then kept where only the owner can read it. */
export async function operatorKey(log: Log, folder: string, now: number): Promise<string> {
  const file = operatorKeyFile(folder);
  if (!existsSync(file)) {
    const { text } = await createKey(log, { name: 'operator', scopes: ['admin'], expiresAt: null, now });
    writeWhole(file, text, 0o600);
  }
  return readFileSync(file, 'utf8').trim();
}

/** Shipped rules that were loaded before, with their versions: one that was deleted since stays deleted. */
export function loadedRules(folder: string): Readonly<Record<string, number>> {
  const file = rulesFile(folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>) : {};
}

export const noteLoadedRules = (folder: string, versions: Readonly<Record<string, number>>): void =>
  writeWhole(rulesFile(folder), `${JSON.stringify(versions)}\n`);

const rulesFile = (folder: string): string => join(folder, 'shipped-rules.json');

/** All or nothing, so that a crash leaves no half of a file. */
export function writeWhole(file: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, text, { mode });
  renameSync(`${file}.tmp`, file);
}
