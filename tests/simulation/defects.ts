import { encode } from '@resonant/contracts';
import { decoderFor, type Log, type LogRecord, type TransactionalProducer } from '@resonant/kafka';
import type { Tamper } from './services.ts';

type Commit = TransactionalProducer['commit'];

/** The log with another way of committing. */
const committing = (change: (commit: Commit) => Commit): Tamper => ({
  log: (log: Log) => ({
    ...log,
    transactionalProducer: async (id, options) => {
      const producer = await log.transactionalProducer(id, options);
      const commit = change((transaction) => producer.commit(transaction));
      return { commit, close: () => producer.close() };
    },
  }),
});

/** Offsets are committed in a transaction of their own, before the results: a crash in between loses these. */
const offsetsFirst = committing((commit) => async ({ records, offsets }) => {
  if (records.length > 0 && offsets !== undefined) await commit({ records: [], offsets });
  await commit(records.length > 0 ? { records } : { records, ...(offsets && { offsets }) });
});

/** The offset of a transaction with results is off by so much, until the next one without puts it right. */
const offBy = (by: number): Tamper =>
  committing((commit) => ({ records, offsets }) => {
    const isOff = records.length > 0 && offsets !== undefined;
    return commit({
      records,
      ...(offsets && { offsets: isOff ? { ...offsets, offset: offsets.offset + by } : offsets }),
    });
  });

/** Each snapshot lacks one of the subjects that changed: what stands there stays as it was. */
const lackingPart: Tamper = {
  engine: (engine) => {
    const changedParts = engine.changedParts.bind(engine);
    engine.changedParts = function* () {
      let isLacking = false;
      for (const [name, part] of changedParts()) {
        if (!isLacking && name.includes('/') && !name.startsWith('#')) isLacking = true;
        else yield [name, part];
      }
    };
    return engine;
  },
};

/** No restore sees an offset as late as that of a record which is made so much older. */
const ages = 1_000_000_000;

/** A restore takes what was written for a snapshot that did not come to its end for parts of the last one that did. */
const unfinishedTaken: Tamper = {
  log: (log) => {
    const decoder = decoderFor(log);
    const older = (record: LogRecord): LogRecord => {
      const decoded = record.value === null ? undefined : decoder.decode(record.value);
      if (record.value === null || decoded?.type !== 'StatePart') return record;
      const part = { ...decoded.value, offset: decoded.value.offset - ages };
      return { ...record, value: encode('StatePart', part, record.value.readUInt32BE(1)) };
    };
    return {
      ...log,
      follow: ({ onRecords, ...options }) =>
        log.follow({
          ...options,
          onRecords: async (partition, records, nextOffset) => {
            if (!options.topic.startsWith('resonant.state.')) return onRecords(partition, records, nextOffset);
            await decoder.prepare(records.map(({ value }) => value));
            return onRecords(partition, records.map(older), nextOffset);
          },
        }),
    };
  },
};

/** Defects that the simulation has to find, planted into the processor's view of the log. */
export const defects: Readonly<Record<string, Tamper>> = {
  'offsets committed before results': offsetsFirst,
  'an offset that is one too high': offBy(1),
  'an offset that is one too low': offBy(-1),
  'a snapshot that lacks a changed part': lackingPart,
  'a restore that takes parts of an unfinished snapshot': unfinishedTaken,
};
