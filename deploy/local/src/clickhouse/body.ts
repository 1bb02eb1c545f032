import type { IncomingMessage } from 'node:http';
import { PassThrough, pipeline, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { limits } from './limits.ts';
import { QueryError } from './query-error.ts';

const decoders: Readonly<Record<string, () => Transform>> = {
  identity: () => new PassThrough(),
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** Reads bodies of requests into memory, each and all together within bounds. */
export class Bodies {
  readonly #most: number;
  #buffered = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * The whole body, decompressed, and what gives its memory back. Throws QUERY_IS_TOO_LARGE beyond the bound of one
   * request, MEMORY_LIMIT_EXCEEDED beyond that of all, and rejects if the client goes away before its end.
   */
  async read(request: IncomingMessage): Promise<{ readonly body: Buffer; readonly forget: () => void }> {
    const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
    const decoder = decoders[encoding];
    if (decoder === undefined) {
      throw new QueryError(
        'NOT_IMPLEMENTED',
        `Content-Encoding ${encoding} is not supported: use gzip, deflate, br or zstd`,
      );
    }
    const chunks: Buffer[] = [];
    let size = 0;
    const forget = (): void => {
      this.#buffered -= size;
      size = 0;
    };
    const decoded = decoder();
    // Its errors are those of the loop below.
    pipeline(request, decoded, () => undefined);
    try {
      for await (const chunk of decoded as AsyncIterable<Buffer>) {
        size += chunk.length;
        this.#buffered += chunk.length;
        if (size > this.#most) {
          throw new QueryError('QUERY_IS_TOO_LARGE', `The body is larger than ${this.#most} bytes: send it in parts`);
        }
        if (this.#buffered > limits.buffered) {
          throw new QueryError(
            'MEMORY_LIMIT_EXCEEDED',
            'Too many bodies are being read at once: try again in a moment',
          );
        }
        chunks.push(chunk);
      }
      if (!request.complete) throw new QueryError('ABORTED', 'The request ended before its body was complete');
    } catch (error) {
      forget();
      if (error instanceof QueryError || encoding === 'identity') throw error;
      throw new QueryError('BAD_ARGUMENTS', `The body is no ${encoding}: ${(error as Error).message}`);
    }
    return { body: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), forget };
  }
}
