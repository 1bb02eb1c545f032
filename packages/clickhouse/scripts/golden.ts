import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  analystGrantsText,
  connectClickHouse,
  engineFamilies,
  goldenSchemaFile,
  grantingFamilies,
  liveSchema,
  migrate,
  removalsText,
  renderedText,
  textLiteral,
} from '../src/index.ts';

// Writes golden/ anew: what the migrations, the statements that remove rows and the grants of analysts become for each
// engine family, and with CLICKHOUSE_URL, CLICKHOUSE_USER and CLICKHOUSE_PASSWORD of an engine without the database `resonant` the schema that they lead to. The tests compare.
const folder = join(import.meta.dirname, '..', 'golden');
mkdirSync(folder, { recursive: true });
for (const family of engineFamilies) {
  writeFileSync(join(folder, `${family}.sql`), renderedText(family));
  writeFileSync(join(folder, `removals-${family}.sql`), removalsText(family));
}
for (const family of grantingFamilies) {
  writeFileSync(join(folder, `analysts-${family}.sql`), analystGrantsText(family));
}

const { CLICKHOUSE_URL: url, CLICKHOUSE_USER: user = '', CLICKHOUSE_PASSWORD: password = '' } = process.env;
if (url === undefined) {
  console.error('golden/schema.sql stays as it is: CLICKHOUSE_URL is not set');
} else {
  const clickHouse = connectClickHouse({ url, user, password, application: 'resonant-golden' });
  await migrate(clickHouse, 'embedded');
  const literals = [...(await liveSchema(clickHouse)).values()].map(textLiteral).join(', ');
  const rows = await clickHouse.query<{ text: string }>(`SELECT formatQuery(arrayJoin([${literals}])) AS text`);
  const definitions = rows.map(({ text }) => `${text};\n`);
  writeFileSync(goldenSchemaFile, definitions.join('\n'));
  await clickHouse.close();
}
