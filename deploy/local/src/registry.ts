import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '@resonant/cli';
import type { Parts } from './parts.ts';
import { answersHttp, until } from './probe.ts';
import { RegistryGate } from './registry-gate.ts';
import type { PartProcess } from './supervised.ts';

/** Compatibility for subjects that say nothing else. */
const compatibility = 'BACKWARD_TRANSITIVE';

/** The schema registry with its content kept in the data folder, and the gate that keeps it so. */
export function registryProcess(
  parts: Parts,
  ports: Ports,
  folder: string,
): { readonly process: PartProcess; readonly gate: RegistryGate } {
  const url = `http://127.0.0.1:${ports.registryBehind}`;
  const file = join(folder, 'registry', 'export.zip');
  mkdirSync(join(folder, 'registry'), { recursive: true });
  const gate = new RegistryGate(url, () => save(url, file));
  const process: PartProcess = {
    command: 'java',
    args: [
      '-Xmx192m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-Dquarkus.http.host=127.0.0.1',
      `-Dquarkus.http.port=${ports.registryBehind}`,
      '-Dquarkus.log.level=WARN',
      '-jar',
      parts.registryJar,
    ],
    ready: async (signal) => {
      await until('the schema registry', () => answersHttp(`${url}/health/ready`), { withinMs: 60_000, signal });
      if (existsSync(file)) await load(url, file);
      else await setCompatibility(url, file);
      gate.open();
    },
    down: () => gate.shut(),
    stopWithinMs: 10_000,
  };
  return { process, gate };
}

async function save(url: string, file: string): Promise<void> {
  const content = await expectOk(
    await fetch(`${url}/apis/registry/v2/admin/export`, { headers: { accept: 'application/zip' } }),
  );
  const unfinished = `${file}.tmp`;
  const handle = openSync(unfinished, 'w');
  writeSync(handle, content);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(unfinished, file);
}

async function load(url: string, file: string): Promise<void> {
  await expectOk(
    await fetch(`${url}/apis/registry/v2/admin/import`, {
      method: 'POST',
      headers: { 'content-type': 'application/zip' },
      body: readFileSync(file),
    }),
  );
}

async function setCompatibility(url: string, file: string): Promise<void> {
  await expectOk(
    await fetch(`${url}/apis/ccompat/v7/config`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ compatibility }),
    }),
  );
  await save(url, file);
}

async function expectOk(response: Response): Promise<Buffer> {
  const body = Buffer.from(await response.arrayBuffer());
  if (!response.ok) throw new Error(`the schema registry answered ${response.status} to ${response.url}: ${body}`);
  return body;
}
