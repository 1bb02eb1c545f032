import { type Alert, alertsTopic } from '@resonant/contracts';
import { type Log, readTopic } from '@resonant/kafka';

/** Every alert transition that stands in Kafka now, as a `read_committed` reader sees them, in order per partition. */
export async function alertsInLog(log: Log): Promise<readonly Alert[]> {
  const records = await readTopic(log, alertsTopic);
  return records.flatMap((record) => (record.type === 'Alert' ? [record.value] : []));
}

/** What identifies a transition: readers see each once. */
export const transitionKey = ({ alertId, seq }: { readonly alertId: string; readonly seq: number }): string =>
  `${alertId}/${seq}`;
