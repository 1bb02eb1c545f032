import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  checkMachine,
  clickhousePasswordFile,
  endpointsFile,
  endpointsOf,
  type Io,
  interruption,
  operatorKeyFile,
  repository,
  runCommandLine,
} from '@resonant/cli';
import { connectKafka } from '@resonant/kafka';
import { readArguments } from './arguments.ts';
import { type Api, keyIsKnown, loadShippedRules } from './first-load.ts';
import { type DemoState, demoState, githubSecret, holdsData, noteDemo, operatorKey, writeWhole } from './home.ts';
import { type Clock, type Services, startServices } from './services.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';
import { runVerb } from './verb.ts';

const help = `Starts Resonant on this machine and stays until Ctrl-C.

  npm start [-- --fresh] [--no-demo] [--base 7400] [--data .resonant/data]

  --fresh      start over: removes what the data folder holds
  --no-demo    play no demo; the clock is the wall's from the beginning
  --base PORT  first port: ingest PORT, gateway PORT+1, signals +2, processor +3, Kafka +10, registry +12, Redis +13,
               ClickHouse +15
  --data DIR   all data and logs

Fetches what is missing (about 200 MB, once), starts Kafka, the schema registry, Redis and ClickHouse, then the services;
loads the shipped rules, plays the demo, and prints what is where. Data survive a restart.
`;

const interrupted = interruption();
const began = performance.now();
const say = (line: string): void =>
  void process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

await runVerb(help, async (args) => {
  const options = readArguments(args, { base: 7400, data: '.resonant/data', flags: ['fresh', 'no-demo'] });
  const problems = (await checkMachine(options)).flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  if (problems.length > 0) {
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    return 1;
  }
  const fresh = options.flags.has('fresh') || !holdsData(options.folder);
  const wanted = options.flags.has('no-demo') ? 'no' : demoWanted(fresh ? 'none' : demoState(options.folder), fresh);
  try {
    return await onStack({ ...options, fresh, onLine: say, signal: interrupted }, wanted);
  } catch (error) {
    // What a start says that was interrupted is no problem of the user's.
    if (!interrupted.aborted) throw error;
    say('stopped before everything had started');
    return 130;
  }
});

async function onStack(options: StackOptions, wanted: DemoWanted): Promise<number> {
  const stack = await startStack(options);
  try {
    return await runProduct(stack, wanted);
  } finally {
    say('stopping ClickHouse, Redis, registry and Kafka');
    await stack.stop();
    say('stopped');
  }
}

type DemoWanted = 'play' | 'no' | 'played' | 'not-on-this-data';

function demoWanted(state: DemoState, fresh: boolean): DemoWanted {
  if (state === 'ended') return 'played';
  return state === 'begun' || fresh ? 'play' : 'not-on-this-data';
}

async function runProduct(stack: Stack, demo: DemoWanted): Promise<number> {
  const clock: Clock = demo === 'play' ? 'log' : 'wall';
  const key = await withLog(stack, (log) => operatorKey(log, stack.folder, Date.now()));
  const services = await startServices(stack, {
    clock,
    signal: interrupted,
    env: { ingest: { GITHUB_WEBHOOK_SECRETS: `community=${githubSecret(stack.folder)}` } },
  });
  const endpoints = endpointsFile(stack.folder);
  try {
    writeWhole(endpoints, `${JSON.stringify(endpointsOf(stack.ports), undefined, 2)}\n`);
    const api: Api = { url: services.urls.gateway, key };
    await keyIsKnown(api);
    for (const id of await loadShippedRules(api, stack.folder)) say(`rule ${id} is loaded`);
    const demoCode = demo === 'play' ? await playDemo(stack, services) : 0;
    if (!interrupted.aborted) await showWhatIsWhere(stack, services, api, demo);
    await untilInterrupted();
    return demoCode;
  } finally {
    say('stopping the services');
    rmSync(endpoints, { force: true });
    await services.stop();
  }
}

/** Loads the demo's people and words, plays it, and lets the wall's clock go on from there. */
async function playDemo(stack: Stack, services: Services): Promise<number> {
  const folder = join(repository, 'packages', 'cli', 'demo');
  noteDemo(stack.folder, 'begun');
  for (const [section, file] of [
    ['directory', 'directory.yaml'],
    ['vocabulary', 'vocabulary.yaml'],
  ] as const) {
    const code = await resonant(stack, [section, 'load', join(folder, file)]);
    if (code !== 0) return code;
  }
  const code = await resonant(stack, ['demo']);
  if (interrupted.aborted) return code;
  noteDemo(stack.folder, 'ended');
  say('the demo is over; time goes on by the wall clock');
  await Promise.all([services.restart('processor', 'wall'), services.restart('gateway', 'wall')]);
  return code;
}

function resonant(stack: Stack, words: readonly string[]): Promise<number> {
  const { stdin, stdout, stderr, env } = process;
  const io: Io = { stdin, stdout, stderr, env, signal: interrupted };
  return runCommandLine([...words, '--data', stack.folder], io);
}

async function showWhatIsWhere(stack: Stack, services: Services, api: Api, demo: DemoWanted): Promise<void> {
  const path = '/v1/alerts?limit=1';
  const answer = await fetch(api.url + path, { headers: { authorization: `Bearer ${api.key}` } });
  const shownKeyFile = shown(operatorKeyFile(stack.folder));
  const { CLICKHOUSE_URL } = stack.env;
  print('');
  if (demo === 'played')
    print('This data folder holds the demo already; it is played again with: npm start -- --fresh\n');
  if (demo === 'not-on-this-data') {
    print('The demo needs an empty log, and this data folder holds other data; to play it: npm start -- --fresh\n');
  }
  print(`alert stream   ${api.url.replace(/^http/, 'ws')}/v1/stream   (packages/cli/bin/resonant tail --from 1h)
API            ${api.url}/v1/…
ingest         ${services.urls.ingest}/v1/touchpoints/{calls,emails,forum,knowledge,crm}
Kafka          ${stack.env.KAFKA_BROKERS}
registry       ${stack.env.SCHEMA_REGISTRY_URL}
ClickHouse     ${CLICKHOUSE_URL}   (user analyst reads; in a browser: ${CLICKHOUSE_URL}/play)
API key        ${shownKeyFile}
data, logs     ${stack.folder}

curl -s -H "Authorization: Bearer $(cat ${shownKeyFile})" "${api.url}${path}"
${await answer.text()}

curl -s -u "analyst:$(cat ${shown(clickhousePasswordFile(stack.folder, 'analyst'))})" ${CLICKHOUSE_URL} --data-binary "SHOW TABLES"

Running; Ctrl-C stops everything.`);
}

/** A path as one would type it here. */
function shown(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}

async function withLog<T>(stack: Stack, work: (log: ReturnType<typeof connectKafka>) => Promise<T>): Promise<T> {
  const log = connectKafka({
    brokers: [stack.env.KAFKA_BROKERS],
    registryUrl: stack.env.SCHEMA_REGISTRY_URL,
    clientId: 'local',
  });
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

/** Resolves at the first Ctrl-C or SIGTERM. The services and parts keep this process alive until then. */
function untilInterrupted(): Promise<void> {
  if (interrupted.aborted) return Promise.resolve();
  return new Promise((resolve) => interrupted.addEventListener('abort', () => resolve(), { once: true }));
}
