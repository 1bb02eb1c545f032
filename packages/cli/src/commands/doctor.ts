import { resolve } from 'node:path';
import type { Command } from '../command.ts';
import { checkMachine } from '../doctor/checks.ts';
import { countOf, parseOptions, UsageError } from '../options.ts';
import { defaultBase, defaultDataFolder, highestBase, lowestBase } from '../places.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Check that this machine has what the local stack needs',
  help: `resonant doctor [--base PORT] [--data DIR]

Checks Node, Java (17 or later), Maven, the data folder, disk, memory and ports, and says what to do about each
problem. npm start makes the same checks first.

  --base PORT  first port of the local stack (default ${defaultBase})
  --data DIR   its data folder (default .resonant/data in the repository)

Exit codes: 0 all is there, 1 something is missing.

Examples:
  resonant doctor
  resonant doctor --base 9000 --data /var/tmp/resonant
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, { base: { type: 'string' }, data: { type: 'string' } });
    const base = values.base === undefined ? defaultBase : countOf('base', values.base);
    if (base < lowestBase || base > highestBase) {
      throw new UsageError(`--base expects a port from ${lowestBase} to ${highestBase}, got ${base}`);
    }
    const folder = resolve(values.data ?? io.env.RESONANT_DATA ?? defaultDataFolder);
    const findings = await checkMachine({ base, folder });
    for (const { name, found, problem } of findings) {
      io.stdout.write(`${problem === undefined ? 'ok     ' : 'MISSING'}  ${name.padEnd(11)}  ${found}\n`);
    }
    const problems = findings.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
    for (const problem of problems) io.stdout.write(`\n${problem}\n`);
    return problems.length === 0 ? 0 : 1;
  },
};
