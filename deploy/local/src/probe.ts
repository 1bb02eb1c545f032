import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks every `everyMs` until `probe` resolves, and gives its value. Rejects with the last reason after `withinMs`; at
 * once when `signal` is aborted or `only` says that asking again cannot help.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T>,
  options: {
    readonly withinMs: number;
    readonly everyMs?: number;
    readonly signal?: AbortSignal;
    readonly only?: (error: unknown) => boolean;
  },
): Promise<T> {
  const end = performance.now() + options.withinMs;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      return await probe();
    } catch (error) {
      if (options.only?.(error) === false) throw error;
      if (performance.now() > end) {
        throw new Error(`${what} gave no answer within ${options.withinMs / 1000} s: ${(error as Error).message}`);
      }
    }
    await pause(options.everyMs ?? 50, undefined, { signal: options.signal });
  }
}

/** Resolves when `url` answers with a 2xx; rejects otherwise. */
export async function answersHttp(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  const body = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${body.slice(0, 200)}`);
}

/** Sends bytes to 127.0.0.1:port and resolves with the first answer for which `complete` is true. */
function exchange(port: number, request: Buffer, complete: (answer: Buffer) => boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 2000 });
    let answer = Buffer.alloc(0);
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (!complete(answer)) return;
      socket.destroy();
      resolve(answer);
    });
    socket.on('timeout', () => socket.destroy(new Error('no answer in 2 s')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
  });
}

/** Kafka protocol, Metadata v1 for no topics: key 3, version 1, correlation id 1, client id null, empty array. */
const metadataRequest = Buffer.from([0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0]);

/** Resolves when the broker lists itself: before, it listens but is still fenced and takes no records. */
export async function answersKafka(port: number): Promise<void> {
  const answer = await exchange(
    port,
    metadataRequest,
    (bytes) => bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0),
  );
  if (answer.length < 12 || answer.readInt32BE(8) < 1) throw new Error('the broker is not registered yet');
}

/** Resolves when Redis has loaded its data and answers. */
export async function answersRedis(port: number): Promise<void> {
  const answer = await exchange(port, Buffer.from('PING\r\n'), (bytes) => bytes.includes('\r\n'));
  if (!answer.toString().startsWith('+PONG')) throw new Error(answer.toString().trim());
}
