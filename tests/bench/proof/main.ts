// What a proof over a whole table takes: npm run bench:proof
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { auditSeals, keyIdOf, sealDue, sealingKey } from '@resonant/audit';
import { connectClickHouse, migrate } from '@resonant/clickhouse';
import type { Seal } from '@resonant/contracts';
import { startClickHouse } from '@resonant/local';
import { fill, tablesOfRecord } from './rows.ts';

const help = `Proves whole tables on a ClickHouse endpoint of its own: the hash of every stored row made anew and compared with
the one that the ledger keeps, hashes with the digest of their batch, batches with the seal of their hour, and the seals
with each other (resonant audit seals).

  npm run bench:proof -- [--records 5000000] [--batch 5000] [--runs 3]

Each record is a signal, stored as the writer stores it, and a row of two tables: log and signals. So 5,000,000 records are
10 million rows. It ends with exit code 1 if the proof does not hold, or does not look at every row. About 4 GB of disk.
`;
const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '5000000' },
    batch: { type: 'string', default: '5000' },
    runs: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const [records, batch, runs] = [Number(values.records), Number(values.batch), Number(values.runs)];
if (![records, batch, runs].every((value) => Number.isSafeInteger(value) && value > 0)) {
  throw new Error('--records, --batch and --runs expect whole numbers above 0');
}
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const rowsPerSecond = (rows: number, ms: number): string => Math.round((rows / ms) * 1000).toLocaleString('en-US');

const folder = mkdtempSync(join(tmpdir(), 'resonant-bench-proof-'));
const endpoint = await startClickHouse({ folder, port: 7799 });
const clickHouse = connectClickHouse({
  url: endpoint.url,
  user: 'writer',
  password: endpoint.passwords.writer,
  application: 'bench',
  timeoutMs: 3_600_000,
});
try {
  await migrate(clickHouse, 'embedded');
  const began = performance.now();
  await fill(clickHouse, {
    records,
    batch,
    told: (done) => void process.stderr.write(`${done} of ${records} records\n`),
  });
  const rows = records * tablesOfRecord;
  print(
    `${rows} rows of ${Math.ceil(records / batch)} batches made in ${Math.round((performance.now() - began) / 1000)} s`,
  );

  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const published: Seal[] = [];
  const sealing = performance.now();
  // The hour that runs is sealed, too.
  await sealDue(clickHouse, {
    key: sealingKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    now: Date.now() + 2 * 3_600_000,
    settleMs: 0,
    publish: async (seal) => void published.push(seal),
  });
  print(`${published.length} seals in ${Math.round(performance.now() - sealing)} ms`);

  for (let run = 1; run <= runs; run++) {
    const start = performance.now();
    const report = await auditSeals(clickHouse, {
      keys: new Map([[keyIdOf(publicKey), publicKey]]),
      published,
      now: Date.now(),
      onProgress: (what, done, total) => void process.stderr.write(`${done} of ${total}  ${what}\n`),
    });
    const ms = performance.now() - start;
    print(
      `run ${run}: ${report.rows} rows proved in ${(ms / 1000).toFixed(1)} s, ${rowsPerSecond(report.rows, ms)} rows/s`,
    );
    if (report.problems.length > 0 || report.rows !== rows) {
      print(`expected ${rows} rows and no problem, got ${report.rows} rows and ${report.problems.length} problems`);
      process.exitCode = 1;
    }
  }
  print(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`);
} finally {
  await clickHouse.close();
  await endpoint.stop();
  rmSync(folder, { recursive: true, force: true });
}
