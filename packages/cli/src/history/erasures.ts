import type { Erasure } from '@resonant/contracts';
import type { Log } from '@resonant/kafka';
import type { Io } from '../command.ts';

/** What was published of erasures; says on standard error which records cannot be read, and leaves these out. */
export async function readErasures(log: Log, io: Pick<Io, 'stderr'>): Promise<readonly Erasure[]> {
  const { publishedErasures } = await import('@resonant/kafka');
  const { erasures, damaged } = await publishedErasures(log);
  for (const { record, detail } of damaged) {
    io.stderr.write(
      `${record.topic}/${record.partition}, offset ${record.offset} cannot be read: ${detail}. ` +
        'Whom it names is not known as erased.\n',
    );
  }
  return erasures;
}
