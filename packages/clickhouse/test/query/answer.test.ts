import { PassThrough, Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { answerOf } from '../../src/query/answer.ts';

const bodyOf = (text: string, cuts: readonly number[] = []): Readable => {
  const bytes = Buffer.from(text);
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return Readable.from(ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end)));
};

async function read(body: Readable) {
  const answer = await answerOf(body, 'q-1');
  const rows: string[] = [];
  for await (const row of answer.rows()) rows.push(row);
  return { columns: answer.columns, rows };
}

test('rows come as they were written, however the bytes are cut', async () => {
  const rows = ['[1, "é\\n]"]', '[18446744073709551615, "采购部"]', '[null, ""]'];
  const text = ['["a", "b"]', '["Nullable(UInt64)", "String"]', ...rows, ''].join('\n');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(200), { maxLength: 8 }), async (cuts) => {
      expect(await read(bodyOf(text, cuts))).toEqual({
        columns: [
          { name: 'a', type: 'Nullable(UInt64)' },
          { name: 'b', type: 'String' },
        ],
        rows,
      });
    }),
  );
});

test('a statement without a result has neither columns nor rows', async () => {
  expect(await read(bodyOf(''))).toEqual({ columns: [], rows: [] });
});

test('an error behind rows is an error, and the rows before it were given', async () => {
  const text =
    '["n"]\n["UInt8"]\n[1]\n[2]\nCode: 159. DB::Exception: Timeout exceeded: elapsed 30001 ms. (TIMEOUT_EXCEEDED) (version 26.7.2.1)\n';
  const answer = await answerOf(bodyOf(text), 'q-1');
  const rows: string[] = [];
  const reading = (async () => {
    for await (const row of answer.rows()) rows.push(row);
  })();
  await expect(reading).rejects.toMatchObject({
    code: 'query-limit',
    message: 'ClickHouse says 159: Timeout exceeded: elapsed 30001 ms. (TIMEOUT_EXCEEDED)',
    extra: { clickHouseCode: 159 },
  });
  expect(rows).toEqual(['[1]', '[2]']);
});

test('what is neither rows nor an error of ClickHouse says so', async () => {
  await expect(read(bodyOf('<html>proxy</html>\n'))).rejects.toMatchObject({
    code: 'history-unavailable',
    message: 'expected rows from ClickHouse, got: <html>proxy</html>',
  });
});

test('a row that would fill the memory is refused', async () => {
  const chunk = Buffer.alloc(1 << 20, 0x61);
  const body = Readable.from([Buffer.from('["x"]\n["String"]\n["'), ...Array.from({ length: 17 }, () => chunk)]);
  await expect(read(body)).rejects.toMatchObject({ code: 'query-limit' });
});

test.each([1, 3000])(
  'why a query failed is not lost when the connection is cut behind it, %i rows unread',
  async (count) => {
    const body = new Readable({ read: () => undefined });
    body.push('["n"]\n["String"]\n');
    const answer = await answerOf(body, 'q-1');
    const row = `["${'x'.repeat(1000)}"]`;
    for (let n = 0; n < count; n += 1) {
      body.push(`${row}\n`);
      if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    body.push(
      '\r\n__exception__\r\nabc\r\nCode: 395. DB::Exception: it threw. (version 26.7.2.1)\n9 abc\r\n__exception__\r\n',
    );
    await new Promise((resolve) => setImmediate(resolve));
    body.destroy(new Error('aborted'));
    const rows: string[] = [];
    const reading = (async () => {
      for await (const one of answer.rows()) rows.push(one);
    })();
    await expect(reading).rejects.toMatchObject({ message: 'ClickHouse says 395: it threw.' });
    expect([rows.length, new Set(rows).size]).toEqual([count, 1]);
  },
);

test('what nobody asks for is not read', async () => {
  const body = new Readable({ read: () => undefined });
  body.push('["n"]\n["String"]\n');
  await answerOf(body, 'q-1');
  for (let n = 0; n < 40; n += 1) {
    body.push(Buffer.alloc(100_000, 0x61));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(body.isPaused()).toBe(true);
  expect(body.readableLength).toBeGreaterThan(2_500_000);
});

test('a connection that is cut without a word is a failure, not an end', async () => {
  const body = new PassThrough();
  body.write('["n"]\n["UInt8"]\n[1]\n');
  const rows = (await answerOf(body, 'q-1')).rows();
  expect(await rows.next()).toEqual({ value: '[1]', done: false });
  body.destroy();
  await expect(rows.next()).rejects.toThrow('the connection was closed');
});
