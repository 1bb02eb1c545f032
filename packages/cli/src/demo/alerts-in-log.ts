import { type Alert, alertsTopic } from '@resonant/contracts';
import { decoderFor, type Log } from '@resonant/kafka';

/** Every alert transition that stands in Kafka now, as a `read_committed` reader sees them, in order per partition. */
export async function alertsInLog(log: Log): Promise<readonly Alert[]> {
  const decoder = decoderFor(log);
  const alerts: Alert[] = [];
  const follower = await log.follow({
    topic: alertsTopic,
    onRecords: async (_, records) => {
      for (const { value } of records) {
        if (value === null) continue;
        const decoded = await decoder.read(value);
        if (decoded.type === 'Alert') alerts.push(decoded.value);
      }
    },
  });
  try {
    await Promise.race([follower.caughtUp, follower.failed]);
  } finally {
    await follower.stop();
  }
  return alerts;
}

/** What identifies a transition: readers see each once. */
export const transitionKey = ({ alertId, seq }: { readonly alertId: string; readonly seq: number }): string =>
  `${alertId}/${seq}`;
