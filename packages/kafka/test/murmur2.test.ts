import { expect, test } from '@jest/globals';
import { murmur2, partitionOfKey } from '../src/murmur2.ts';

// printed by org.apache.kafka.common.utils.Utils.murmur2 of org.apache.kafka:kafka-clients:4.4.0
const javaHashes = [
  ['', 275646681],
  ['a', -1563381124],
  ['ab', 316155434],
  ['abc', 479470107],
  ['abcd', -1323649548],
  ['abcde', 461995741],
  ['abcdef', 1870650108],
  ['abcdefg', -346467175],
  ['abcdefgh', -955427363],
] as const;

test.each(javaHashes)('%j hashes as in Java', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

test.each([
  ['acme', 0],
  ['globex', 7],
  ['region-north', 11],
  ['客户-3', 10],
  ['', 9],
])('%j lies in the partition that Java chooses among 12', (key, partition) => {
  expect(partitionOfKey(Buffer.from(key), 12)).toBe(partition);
});
