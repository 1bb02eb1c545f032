import type { Question, QuestionParameter } from '@resonant/clickhouse';
import { clickhouseHelp, clickhouseOptions } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { countOf, parseOptions, UsageError } from '../options.ts';
import { formatOf } from '../query/output.ts';
import { givenParameters, runQuery } from '../query/run.ts';
import { tableOf } from '../table.ts';

export const askCommand: Command = {
  name: 'ask',
  summary: 'Ask history one of the worked questions',
  help: `resonant ask: ask history one of the worked questions

Questions that analysts and auditors ask, each with its SQL, its parameters and how to read the answer. Without a number
it lists them. The pages themselves are in packages/clickhouse/questions, with the answers on the demo's day.

Usage: resonant ask [NUMBER] [--param NAME=VALUE …] [--demo] [--sql] [--format FORMAT] [--limit N]

  NUMBER              which question
  --param NAME=VALUE  a parameter; instants as 2026-03-03T09:00:00Z, 2026-03-03, now or -24h, lists as a,b,c
  --demo              the parameters of the demo's day, where none is given
  --sql               print the SQL and its parameters instead of asking
  --format FORMAT     table (default), json (an object a line) or csv
  --limit N           show at most N rows (default 1000)

${clickhouseHelp}
Exit codes: 0 answered; 1 past a limit, or ClickHouse does not answer; 2 the call was wrong

Examples:
  resonant ask
  resonant ask 1 --param from=-7d
  resonant ask 1 --demo
  resonant ask 15 --param alert=e11e540c5d8735e31a329a918bd94da4 --format json
`,
  run: async (args, io) => {
    const options = {
      ...clickhouseOptions,
      param: { type: 'string', multiple: true, default: [] as string[] },
      demo: { type: 'boolean', default: false },
      sql: { type: 'boolean', default: false },
      format: { type: 'string', default: 'table' },
      limit: { type: 'string', default: '1000' },
    } as const;
    const { values, positionals } = parseOptions(args, options, 1);
    const { readQuestions } = await import('@resonant/clickhouse');
    const questions = readQuestions();
    const [wanted] = positionals;
    if (wanted === undefined) {
      const rows = questions.map(({ number, title }) => [String(number), title.en, title.zh]);
      io.stdout.write(`${tableOf(['', 'question', '问题'], rows)}\n`);
      return 0;
    }
    const question = questions.find(({ number, name }) => String(number) === wanted || name === wanted);
    if (question === undefined) throw new UsageError(`there are questions 1 to ${questions.length}, got ${wanted}`);
    if (values.sql) {
      io.stdout.write(pageOf(question));
      return 0;
    }
    const format = formatOf(values.format);
    const parameters = valuesOf(question, givenParameters(values.param), values.demo);
    const asked = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
    if (format === 'table') {
      io.stderr.write(`${question.title.en}\n${question.title.zh}\n${asked.map((each) => `  ${each}\n`).join('')}\n`);
      if (values.demo && question.by_arrival) io.stderr.write(`${ofArrival}\n`);
    }
    const code = await runQuery(
      {
        statement: question.sql,
        types: new Map(question.parameters.map(({ name, type }) => [name, type])),
        parameters,
        format,
        limit: countOf('limit', values.limit),
        ifEmpty: `Other values can be asked for with --param NAME=VALUE${values.demo ? '' : ', the day of the demo with --demo'}.`,
        connection: values,
      },
      io,
    );
    if (code === 0 && format === 'table') io.stderr.write(`\n${question.reading}\n`);
    return code;
  },
};

const ofArrival = `It goes by when records came in, and a day that was played came in when it was played: after "npm start" that is
the last 24 hours, and the question is asked without --demo.
`;

/** What was given, else the demo's values if they are wanted, else the defaults. */
function valuesOf(
  { parameters }: Question,
  given: Readonly<Record<string, string>>,
  isDemo: boolean,
): Readonly<Record<string, string>> {
  const own = parameters.flatMap((parameter): [string, string][] => {
    const { name } = parameter;
    const value = isDemo ? parameter.demo : parameter.default;
    if (value === undefined && given[name] === undefined) {
      throw new UsageError(`--param ${name}=… is needed: ${parameter.about}, e.g. ${parameter.demo}`);
    }
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(own), ...given };
}

const parameterLine = ({ name, type, about, default: value }: QuestionParameter): string =>
  `-- {${name}:${type}}: ${about}${value === undefined ? '' : ` (default ${value})`}\n`;

const pageOf = ({ title, why, parameters, sql, reading }: Question): string =>
  `-- ${title.en}\n-- ${title.zh}\n-- ${why}\n${parameters.map(parameterLine).join('')}${sql}-- ${reading}\n`;
