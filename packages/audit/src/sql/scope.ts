import { quoted, whole } from './text.ts';

/** The part of one partition's log in which a rule, with one memory, was in force. */
export interface Stretch {
  readonly partition: number;
  /** Offset of the put that began it; signals behind it count. */
  readonly after: number;
  /** Log time of that put in epoch ms; no instant up to it is decided. 0 = before the first tick. */
  readonly bornAt: number;
  /** Offset of the change that ended it, or the end of what is looked at; exclusive. */
  readonly until: number;
}

/** Where SQL looks: one stretch per partition. */
export interface Scope {
  /** Database that holds the history. */
  readonly database: string;
  readonly keyspace: string;
  readonly stretches: readonly Stretch[];
}

/** A condition on rows of `log` and `signals`: those before the end of each stretch. */
export const within = (scope: Scope): string =>
  `keyspace = ${quoted(scope.keyspace)} AND partition IN (${scope.stretches.map(({ partition }) => partition).join(', ')}) AND toInt64(offset) < ${of(scope, 'until')}`;

/** A bound of the stretch that a row's `partition` belongs to. */
export function of({ stretches }: Scope, bound: 'after' | 'bornAt' | 'until'): string {
  const [first, ...rest] = stretches;
  if (first === undefined) throw new RangeError('expected a stretch, got none');
  if (rest.every((stretch) => stretch[bound] === first[bound])) return whole(first[bound]);
  const [partitions, values] = [
    stretches.map(({ partition }) => partition),
    stretches.map((stretch) => whole(stretch[bound])),
  ];
  return `transform(partition, [${partitions.join(', ')}], [${values.join(', ')}], toInt64(0))`;
}
