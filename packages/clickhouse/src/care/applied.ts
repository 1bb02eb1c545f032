import type { ClickHouse } from '../client/connect.ts';

/** Checksums of the migration statements that were applied, in order, in hexadecimal. */
export async function readApplied(clickhouse: ClickHouse): Promise<readonly string[]> {
  const rows = await clickhouse.query<{ checksum: string }>(
    `SELECT lower(hex(checksum)) AS checksum FROM resonant.migrations GROUP BY number, statement, checksum
     ORDER BY number, statement`,
  );
  return rows.map(({ checksum }) => checksum);
}
