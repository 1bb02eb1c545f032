import type { SealReport } from './audit.ts';
import type { SealProblem } from './problem.ts';

/** A report on seals for people. */
export function sealReportText({
  seals,
  published,
  sealedTo,
  ranges,
  rows,
  erased,
  expired,
  lost,
  problems,
}: SealReport): string {
  return [
    problems.length > 0
      ? `${problems.length} difference${problems.length === 1 ? '' : 's'}`
      : sealedTo === null
        ? 'nothing is sealed'
        : 'as sealed',
    `  looked at: ${rows} rows of ${ranges} ranges, ${seals} seals${published === null ? '' : `, ${published} published`}`,
    ...(erased === 0 ? [] : [`  gone with an erased person: ${erased} rows`]),
    ...(expired === 0 ? [] : [`  gone because their retention is over: ${expired} rows`]),
    ...lost.map(
      ({ topic, partition, first, last, reason, acceptedBy }) =>
        `  given up: offsets ${first}-${last} of ${topic}/${partition}, ${acceptedBy === '' ? 'nobody said why' : `by ${acceptedBy}: ${reason}`}`,
    ),
    ...(published === null
      ? ['  published seals were not read: a tail that was cut off with its seals is not seen']
      : []),
    sealedTo === null
      ? '  the rows are those that their ranges were stored with'
      : `  bound by no seal yet: what was stored from ${new Date(sealedTo).toISOString()} on`,
    ...problems.map(problemText),
    '',
  ].join('\n');
}

function problemText({ kind, table, offset, batch, sealId, detail }: SealProblem): string {
  const row = table === null ? '' : ` ${table}${offset === null ? '' : ` at offset ${offset}`}`;
  const place = batch === null ? '' : `, batch ${batch.topic}/${batch.partition} ${batch.first}-${batch.last}`;
  return `  ${kind}:${row}${place}, ${sealId === null ? 'not sealed' : `seal ${sealId}`}: ${detail}`;
}
