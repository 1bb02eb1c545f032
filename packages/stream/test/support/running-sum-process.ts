import { connectKafka } from '@resonant/kafka';
import { runTasks } from '../../src/index.ts';
import { runningSum } from './running-sum.ts';

/** A process that runs `runningSum` over the lane in its environment and writes each change of its tasks. */
const { LANE, BROKERS, REGISTRY, INSTANCE, SESSION_MS = '6000' } = process.env as Record<string, string>;
const lane = JSON.parse(LANE ?? '');
const log = connectKafka({ brokers: (BROKERS ?? '').split(','), registryUrl: REGISTRY ?? '', clientId: lane.group });
const tasks = await runTasks({
  log,
  group: lane.group,
  topics: [lane.input],
  instanceId: INSTANCE,
  transactionalIdPrefix: lane.group,
  stateTopic: () => lane.state,
  task: ({ partition }) => runningSum(lane, partition),
  limits: { sessionTimeoutMs: Number(SESSION_MS), offsetsEveryMs: 200, snapshotEveryMs: 300 },
  observer: {
    committed: ({ partition }, { outputs }) => console.log(`committed ${partition} ${outputs}`),
    restored: ({ partition }, { records, snapshotOffset }) =>
      console.log(`restored ${partition} ${records} from ${snapshotOffset}`),
    aborted: ({ partition }, error) => console.log(`aborted ${partition} ${error.message}`),
  },
});
process.on('SIGTERM', () => void tasks.stop().then(() => log.close()));
console.log('joined');
