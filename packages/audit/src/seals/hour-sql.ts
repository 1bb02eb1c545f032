/** Everything of a ledger row but the row hashes, which its digest covers, as one hash. */
const rangeHash = `SHA256(formatRow('RowBinary', topic, partition, epoch, first, last, n_records, n_rows, n_rejected, token, digest, digests, hash_form, stored_at))`;

const erasureHash = `SHA256(formatRow('RowBinary', erasure_id, reason, table, topic, partition, epoch, offset, hash, erased_by, erased_at))`;

const lossHash = `SHA256(formatRow('RowBinary', topic, partition, epoch, first, last, reason, accepted_by, accepted_at))`;

/** What an hour holds: ranges, row hashes, and the digest that its seal signs. Bound: `from`, `to` in epoch ms. */
export const hourSql = `SELECT toUInt32(countIf(is_range)) AS nRanges, sum(n) AS nRows, hex(SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArray(hash))))))) AS digest
FROM (
  SELECT 1 AS is_range, toUInt64(length(row_hashes)) AS n, ${rangeHash} AS hash FROM resonant.ledger
  WHERE stored_at >= fromUnixTimestamp64Milli({from:Int64}) AND stored_at < fromUnixTimestamp64Milli({to:Int64})
  UNION ALL
  SELECT 0, 0, ${erasureHash} FROM resonant.erasures
  WHERE erased_at >= fromUnixTimestamp64Milli({from:Int64}) AND erased_at < fromUnixTimestamp64Milli({to:Int64})
  UNION ALL
  SELECT 0, 0, ${lossHash} FROM resonant.losses
  WHERE accepted_at >= fromUnixTimestamp64Milli({from:Int64}) AND accepted_at < fromUnixTimestamp64Milli({to:Int64})
)`;
