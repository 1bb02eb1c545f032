import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkMachine, diskFinding, isFree, javaFinding, mavenFinding, memoryFinding } from '../src/doctor/checks.ts';
import { endpointsFile, portsOf } from '../src/places.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'resonant-doctor-'));

describe('Java', () => {
  test.each([
    ['openjdk version "17.0.15" 2025-04-15', undefined],
    ['openjdk version "21" 2023-09-19', undefined],
    ['java version "1.8.0_401"', 'Java 1.8.0_401 is too old: install a Java 17 runtime'],
    ['openjdk version "11.0.2" 2019-01-15', 'Java 11.0.2 is too old: install a Java 17 runtime'],
    [undefined, 'Java is missing: install a Java 17 runtime'],
    ['no Java here', 'Java is missing: install a Java 17 runtime'],
  ])('%s leads to: %s', (output, problem) => {
    const found = javaFinding(output);
    expect(found.problem?.startsWith(problem ?? '-')).toBe(problem === undefined ? undefined : true);
  });
});

describe('Maven', () => {
  test('that is missing is a problem only while parts have to be fetched', () => {
    expect(mavenFinding(undefined, false).problem).toMatch(/^Maven is missing: install it/);
    expect(mavenFinding(undefined, true).problem).toBeUndefined();
  });

  test('is named by its version, without the colours that it prints', () => {
    expect(mavenFinding('\u001b[1mApache Maven 3.8.7\u001b[m\nJava version: 17', false).found).toBe('3.8.7');
  });
});

test('too little disk or memory is said in one sentence with both figures', () => {
  expect(diskFinding('/data', 2.94e9).problem).toBe(
    'Only 2.9 GB are free at /data, 3.0 GB are needed: free some, or choose another place with --data DIR.',
  );
  expect(diskFinding('/data', 3e9).problem).toBeUndefined();
  expect(memoryFinding(0.5e9).problem).toBe(
    'Only 0.5 GB of memory are available, 2.0 GB are needed: close other programs.',
  );
  expect(memoryFinding(2e9).problem).toBeUndefined();
});

describe('ports', () => {
  /** Holds a port of some base while `work` runs. */
  async function withPortTaken(work: (base: number) => Promise<void>): Promise<void> {
    for (;;) {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      try {
        const base = port - portsOf(0).redis;
        const others = Object.values(portsOf(base)).filter((other) => other !== port);
        // Another test may hold one of the ports around.
        if (!(await Promise.all(others.map(isFree))).every(Boolean)) continue;
        return await work(base);
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    }
  }

  test('that another program holds are named with what they are for', async () => {
    await withPortTaken(async (base) => {
      const problems = (await checkMachine({ base, folder: folder() })).flatMap(({ problem }) => problem ?? []);
      expect(problems).toContain(
        `Port ${portsOf(base).redis} (redis) is in use by another program: stop it, or choose other ports with --base PORT.`,
      );
    });
  });

  test('that the running stack of the data folder holds are no problem', async () => {
    await withPortTaken(async (base) => {
      const data = folder();
      writeFileSync(endpointsFile(data), '{}');
      const found = (await checkMachine({ base, folder: data })).find(({ name }) => name === 'Ports');
      expect(found?.problem).toBeUndefined();
      expect(found?.found).toContain('held by the running local stack');
    });
  });
});

test('a data folder that cannot be written is a problem, and is not created by asking', async () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  const found = (await checkMachine({ base: 49_000, folder: join(file, 'data') })).find(
    ({ name }) => name === 'Data folder',
  );
  expect(found?.problem).toBe(
    `The data folder ${join(file, 'data')} cannot be written: change its owner, or choose another one with --data DIR.`,
  );
});
