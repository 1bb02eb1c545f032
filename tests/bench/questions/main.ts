import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClickHouse,
  connectClickHouse,
  migrate,
  parameterValues,
  type Question,
  readQuestions,
} from '@resonant/clickhouse';
import { isResonantError } from '@resonant/contracts';
import { startClickHouse } from '@resonant/local';
import { firstDay, generate, volume } from './rows.ts';

const help = `Asks the twenty questions of ten million rows, on a ClickHouse endpoint of its own, as the analyst.

  npm run bench:questions

Rows are made inside the engine: thirty days of forty teams. Each question is asked five times about one day and, if it
has a span, once about all thirty. Takes a few minutes and 2 GB of disk.
`;
if (process.argv.includes('--help')) {
  process.stdout.write(help);
  process.exit(0);
}

const runs = 5;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const folder = mkdtempSync(join(tmpdir(), 'resonant-bench-questions-'));
const endpoint = await startClickHouse({ folder, port: 7797 });
const connect = (user: 'writer' | 'analyst'): ClickHouse =>
  connectClickHouse({
    url: endpoint.url,
    user,
    password: endpoint.passwords[user],
    application: 'bench',
    timeoutMs: 600_000,
  });
const [writer, analyst] = [connect('writer'), connect('analyst')];
try {
  await migrate(writer, 'embedded');
  const began = performance.now();
  const rows = await generate(writer, (table) => process.stderr.write(`${table} …\n`));
  say(
    `${rows} rows in ${Math.round((performance.now() - began) / 1000)} s; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
  );
  say(
    `${'question'.padEnd(28)}${'rows'.padStart(7)}${'one day, median ms'.padStart(20)}${`${volume.days} days, ms`.padStart(14)}`,
  );
  const own = await parametersHere(writer);
  for (const question of readQuestions()) {
    const given = {
      ...Object.fromEntries(question.parameters.map(({ name, demo }) => [name, demo])),
      ...own(question),
    };
    const day = await measured(question, given, runs);
    const hasSpan = given.from !== undefined && given.to !== undefined;
    const all = hasSpan ? await measured(question, { ...given, from: firstDay, to: '2026-03-04' }, 1) : undefined;
    say(
      `${`${question.number} ${question.name}`.padEnd(28)}${String(day.rows).padStart(7)}${day.ms.padStart(20)}${(all?.ms ?? '').padStart(14)}`,
    );
  }
} finally {
  await Promise.all([writer.close(), analyst.close()]);
  await endpoint.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Ids that stand in the generated rows, for the parameters that name one. */
async function parametersHere(clickHouse: ClickHouse) {
  const [found] = await clickHouse.query<{ pair: string; breaker: string; account: string }>(
    `SELECT anyIf(alert_id, rule_id = 'resonance') AS pair, anyIf(alert_id, rule_id = 'rep-new-policy-usage' AND subject_fields['repId'] = 'rep-109') AS breaker,
       anyIf(subject_fields['accountId'], rule_id = 'resonance') AS account
     FROM resonant.alerts WHERE opened_at >= '2026-03-03' AND opened_at < '2026-03-04'`,
  );
  if (found === undefined) throw new Error('expected alerts on the last day, there are none');
  return ({ name, parameters }: Question): Record<string, string> => ({
    ...(parameters.some((one) => one.name === 'team') && { team: 'team-7' }),
    ...(parameters.some((one) => one.name === 'account') && { account: found.account }),
    ...(name === 'alert-evidence' && { alert: found.breaker }),
    ...(name === 'deciding-version' && { alert: found.pair }),
  });
}

/** Median of so many runs, or the error that ended one. */
async function measured(question: Question, given: Readonly<Record<string, string>>, count: number) {
  const types = new Map(question.parameters.map(({ name, type }) => [name, type]));
  const took: number[] = [];
  let rows = 0;
  for (let run = 0; run < count; run += 1) {
    const start = performance.now();
    try {
      const answer = await analyst.ask(question.sql, { params: parameterValues(types, given, Date.now()) });
      rows = 0;
      for await (const _ of answer.rows()) rows += 1;
    } catch (error) {
      if (!isResonantError(error)) throw error;
      return { rows, ms: `${error.code} ${error.extra.clickHouseCode ?? ''}` };
    }
    took.push(performance.now() - start);
  }
  return { rows, ms: String(Math.round(took.sort((a, b) => a - b)[count >> 1] as number)) };
}
