import type { Findings, NotChecked, Report } from './report.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** Whether everything that was looked at is as it has to be. */
export const isClean = ({ sql, replay }: Report): boolean =>
  (sql?.differences.length ?? 0) === 0 && (replay?.differences.length ?? 0) === 0;

/** Whether anything was looked at: a partition with a stored log. */
export const isEmpty = ({ sql, replay }: Report): boolean => !sql?.checked.partitions && !replay?.checked.partitions;

/** A report for people: what was checked, how many, each difference with its evidence, and what was not checked. */
export function reportText(report: Report): string {
  const parts = [
    report.sql === null ? [] : findingsText('by SQL from the signals', report.sql),
    report.replay === null ? [] : findingsText('by replay of the stored log', report.replay),
  ];
  return [...parts.flat(), ''].join('\n');
}

function findingsText(
  how: string,
  { checked, agreed, excepted, notChecked, differences }: Findings,
): readonly string[] {
  return [
    `${how}: ${differences.length === 0 ? 'no difference' : `${differences.length} differences`}`,
    `  looked at: ${counts(checked)}`,
    `  agree: ${counts(agreed)}`,
    ...(excepted === 0
      ? []
      : [`  excepted: ${excepted} openings and ends of subjects that late signals had decided again`]),
    ...notChecked.map(notCheckedText),
    ...differences.flatMap(
      ({ kind, transition, ruleId, subject, at, alertId, keyspace, partition, detail, evidence }) => [
        `  ${kind}: ${transition} at ${iso(at)}, ${ruleId} ${subject}, alert ${alertId}, ${keyspace}/${partition}`,
        `    ${detail}`,
        ...evidence.map(
          (item) => `    evidence: ${item.role} ${item.signalId} at ${iso(item.occurredAt)} ${item.eventId}`,
        ),
      ],
    ),
  ];
}

const counts = (list: Readonly<Record<string, number>>): string =>
  Object.entries(list)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'nothing';

const notCheckedText = ({ ruleId, keyspace, partition, from, why, transitions }: NotChecked): string =>
  `  not checked: ${ruleId} in ${keyspace}/${partition}${from === null ? '' : ` from ${iso(from)}`}, ${transitions} stored transitions: ${why}`;
