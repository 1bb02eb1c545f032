import { UsageError } from '../options.ts';

/** Epochs by topic, of `topic=number` separated by commas as in HISTORY_EPOCHS. Throws a UsageError for anything else. */
export function epochsOf(text: string): ReadonlyMap<string, number> {
  const entries = text === '' ? [] : text.split(',');
  return new Map(
    entries.map((entry) => {
      const [, topic, epoch] = /^([a-z.-]+\.v\d+)=(\d{1,9})$/.exec(entry) ?? [];
      if (topic === undefined) throw new UsageError(`--epochs expects topic=number, separated by commas, got ${entry}`);
      return [topic, Number(epoch)] as const;
    }),
  );
}
