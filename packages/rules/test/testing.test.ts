import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseTestLog, runRuleTests } from '../src/index.ts';

const at = '2026-03-02T09:00Z';
const signalsOf = (text: string) =>
  parseTestLog(text).flatMap((entry) => (entry.type === 'signal' ? [entry.signal] : []));

describe('the short form of test logs', () => {
  test('keeps fields of a signal, takes numbers for measures and other words for labels', () => {
    expect(signalsOf(`${at} sentiment accountId=acme channel=call polarity=-0.8 topic=a=b leadId=7 eventId=e`)).toEqual(
      [
        {
          ...{ id: '1.0.0', kind: 'sentiment', occurredAt: Date.parse(at), channel: 'call', accountId: 'acme' },
          ...{ contactId: null, repId: null, teamId: null, regionId: null, leadId: '7', opportunityId: null },
          ...{ measures: { polarity: -0.8 }, labels: { topic: 'a=b' }, eventId: 'e' },
        },
      ],
    );
  });

  test('separates what happens at one instant, and repeats it at every step, both ends included', () => {
    const log = parseTestLog(`2026-03-02T09:00Z..2026-03-02T09:25Z/10m call *2; tick`);
    const step = ['signal', 'signal', 'tick'];
    expect(log.map(({ type }) => type)).toEqual([...step, ...step, ...step]);
    expect(log.filter(({ type }) => type === 'tick')).toEqual(
      ['09:00', '09:10', '09:20'].map((time) => ({ type: 'tick', at: Date.parse(`2026-03-02T${time}Z`) })),
    );
  });

  test('gives each signal an id of its own, but for one that names it', () => {
    expect(signalsOf(`${at} call *2; call\n${at} call`).map(({ id }) => id)).toEqual([
      '1.0.0.0',
      '1.0.0.1',
      '1.0.1',
      '2.0.0',
    ]);
    expect(signalsOf(`${at} call id=x *2`).map(({ id }) => id)).toEqual(['x', 'x']);
  });

  test('stands beside JSON lines, blank lines and comments', () => {
    const json = '{"type":"tick","at":"2026-03-02T09:01:00Z"}';
    expect(parseTestLog(`# first\n\n  ${at} tick\n  ${json}\n`)).toHaveLength(2);
  });

  test('is of a million entries at most', () => {
    const lines = (count: number): string => Array(count).fill(`${at}..2026-03-02T09:01:39.999Z/1ms tick`).join('\n');
    expect(parseTestLog(lines(10))).toHaveLength(1_000_000);
    expect(() => parseTestLog(`${lines(10)}\n${at} tick`)).toThrow(
      'line 11: expected at most 1000000 entries of one log, got more',
    );
  });

  test('reads the short form as the README shows it', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [, shown = ''] = /^## Logs of tests\n.*?^```\n(.*?)^```$/ms.exec(readme) ?? [];
    expect(
      shown
        .trim()
        .split('\n')
        .map((line) => parseTestLog(line).length),
    ).toEqual([2, 3, 26]);
  });

  test.each([
    ['tick', 'an instant and what happens then'],
    ['noon tick', 'an ISO 8601 instant'],
    [`${at}..noon/1m tick`, 'an ISO 8601 instant after ..'],
    [`${at}..${at} tick`, 'a step such as /10m after from..to'],
    [`${at}..${at}/0m tick`, 'a step such as /10m after from..to'],
    [`${at}/10m tick`, 'from..to before a step'],
    [`${at}..2026-03-02T08:00Z/10m tick`, 'a span that does not end before it begins'],
    [`${at}..2027-03-02T09:00Z/1s tick`, 'at most 100000 entries of one line'],
    [`${at} call *100001`, 'at most 100000 entries of one line'],
    [`${at} call *0`, 'name=value, or *N for copies, instead of *0'],
    [`${at} call polarity`, 'name=value, or *N for copies, instead of polarity'],
    [`${at} tick *3`, 'nothing after tick instead of *3'],
    [`${at} a=b`, 'tick or the kind of a signal'],
    [`${at} tick;`, 'tick or the kind of a signal'],
    [`${at} call x=${'9'.repeat(400)}`, 'measures.x as a finite number'],
    ...['.5', '+5', '5.', '-1.5e-3', '1E400'].map((text): [string, string] => [
      `${at} call x=${text}`,
      `a number such as -0.5 instead of x=${text}`,
    ]),
    ['{"type":"tick"}', 'at as an ISO 8601 instant'],
  ])('%j is refused, and the error names its line', (line, expected) => {
    expect(() => parseTestLog(`${at} tick\n\n${line}`)).toThrow(`line 3: expected ${expected}`);
  });
});

describe('the tests of a rule document', () => {
  const rule = {
    ...{ apiVersion: 'resonant/v1', id: 'r', version: 1, keyspace: 'lead', subject: ['leadId'] },
    pattern: { deadline: { start: { when: "kind == 'start'" }, stop: { when: "kind == 'stop'" }, within: '1h' } },
  };
  // Opened at ten and eleven; the first is answered.
  const log = `# two leads
    2026-03-02T09:00Z start leadId=a; tick
    2026-03-02T10:00Z start leadId=b; tick
    2026-03-02T10:30Z stop leadId=a; tick
    2026-03-02T11:00Z tick`;
  const run = (expected: readonly object[], text = log): readonly string[] =>
    runRuleTests({ ...rule, tests: [{ name: 'one', log: text, expect: expected }] }).flatMap(
      ({ differences }) => differences,
    );
  const [a, answered, b] = [
    { transition: 'opened', subject: { leadId: 'a' } },
    { transition: 'resolved', values: { elapsedMs: 5_400_000 } },
    { transition: 'opened', at: '2026-03-02T11:00:00.000Z' },
  ] as const;

  test('pass where every transition is there in order', () => {
    expect(run([a, answered, b])).toEqual([]);
  });

  test.each(['2026-03-02T11:00Z', '2026-03-02T11:00:00Z', '2026-03-02T19:00:00.000+08:00'])(
    'pass where an instant is written as %s',
    (at) => {
      expect(run([a, answered, { ...b, at }])).toEqual([]);
    },
  );

  test.each<[string, readonly object[], readonly string[]]>([
    [
      'one that is missing',
      [a, answered, { transition: 'updated' }, b],
      ['- 3: expected {"transition":"updated"}, nothing was said'],
    ],
    [
      'one too many, and the line that caused it',
      [a, b],
      [
        '+ resolved answered at 2026-03-02T10:30:00.000Z {"leadId":"a"} by line 4 (tick 2026-03-02T10:30:00.000Z), nothing was expected',
      ],
    ],
    [
      'a field that differs, and the line that caused it',
      [a, { ...answered, state: 'met' }, b],
      [
        '≠ 2: state is "answered", expected "met"; resolved answered at 2026-03-02T10:30:00.000Z {"leadId":"a"} by line 4 (tick 2026-03-02T10:30:00.000Z)',
      ],
    ],
    [
      'a number that differs by more than a billionth',
      [a, { transition: 'resolved', values: { elapsedMs: 5_400_001 } }, b],
      [
        '≠ 2: values is {"elapsedMs":5400000}, expected {"elapsedMs":5400001}; resolved answered at 2026-03-02T10:30:00.000Z {"leadId":"a"} by line 4 (tick 2026-03-02T10:30:00.000Z)',
      ],
    ],
  ])('show %s', (_, expected, differences) => {
    expect(run(expected)).toEqual(differences);
  });

  test('show everything where silence was expected', () => {
    expect(run([]).map((line) => line.slice(0, 10))).toEqual(['+ opened o', '+ resolved', '+ opened o']);
  });

  test('name a put of the log that caused a transition', () => {
    const put = JSON.stringify({ type: 'rule', action: 'delete', ruleId: 'r' });
    expect(run([a], `${log.split('\n').slice(0, 3).join('\n')}\n${put}`)).toEqual([
      '+ resolved rule-deleted at 2026-03-02T10:00:00.000Z {"leadId":"a"} by line 4 (rule), nothing was expected',
    ]);
  });

  test('show what is wrong with a log', () => {
    expect(run([], 'noon tick')).toEqual(['log: line 1: expected an ISO 8601 instant, got "noon tick"']);
  });
});
