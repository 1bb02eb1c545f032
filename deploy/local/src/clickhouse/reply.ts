import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createDeflate, createGzip, createZstdCompress } from 'node:zlib';
import type { QueryError } from './query-error.ts';

/** Figures of X-ClickHouse-Summary. */
export interface Summary {
  readonly resultRows: number;
  readonly resultBytes: number;
  readonly writtenRows: number;
  readonly writtenBytes: number;
  /** Seconds. */
  readonly elapsed: number;
}

const encoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGzip({ level: 3 }),
  zstd: createZstdCompress,
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 3 } }),
  deflate: () => createDeflate({ level: 3 }),
};

const contentTypes: readonly (readonly [RegExp, string])[] = [
  [
    /^(JSONEachRow|JSONStringsEachRow|JSONCompact\w*EachRow\w*|NDJSON|JSONLines)$/,
    'application/x-ndjson; charset=UTF-8',
  ],
  [/^JSON/, 'application/json; charset=UTF-8'],
  [/^CSV/, 'text/csv; charset=UTF-8; header=absent'],
  [/^(TSV|TabSeparated)/, 'text/tab-separated-values; charset=UTF-8'],
  [
    /^(RowBinary|Native|Parquet|Arrow|ORC|Avro|MsgPack|Npy|RawBLOB|BSON|Protobuf|CapnProto)/,
    'application/octet-stream',
  ],
  [/^XML$/, 'application/xml; charset=UTF-8'],
];

/** First in the client's list that is known and not ruled out by `q=0`; undefined = as it is. */
export function encodingOf(accepted: string | undefined): string | undefined {
  const offers = (accepted ?? '').toLowerCase().split(',');
  const wanted = offers.filter((offer) => !/;\s*q=0(\.0*)?\s*$/.test(offer));
  return wanted.map((offer) => offer.split(';')[0]?.trim() ?? '').find((name) => Object.hasOwn(encoders, name));
}

/**
 * The answer to one request. Its first bytes are held back: until they go out, an error has a status and headers of its
 * own; afterwards it is told in the body, in the frame that clients know, and the connection is cut.
 */
export class Reply {
  readonly #response: ServerResponse;
  readonly #heldBack: number;
  readonly #stallMs: number;
  readonly #encoding: string | undefined;
  readonly #tag = [...randomBytes(16)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
  #held: Buffer[] = [];
  #size = 0;
  #encoder: Transform | undefined;

  constructor(
    response: ServerResponse,
    options: { readonly heldBack: number; readonly stallMs: number; readonly encoding: string | undefined },
  ) {
    this.#response = response;
    this.#heldBack = options.heldBack;
    this.#stallMs = options.stallMs;
    this.#encoding = options.encoding;
  }

  describe(queryId: string, format: string): void {
    const contentType = contentTypes.find(([form]) => form.test(format))?.[1] ?? 'text/plain; charset=UTF-8';
    const headers = {
      'Content-Type': contentType,
      'X-ClickHouse-Query-Id': queryId,
      'X-ClickHouse-Format': format,
      'X-ClickHouse-Timezone': 'UTC',
      'X-ClickHouse-Exception-Tag': this.#tag,
    };
    for (const [name, value] of Object.entries(headers)) this.#response.setHeader(name, value);
  }

  /** Resolves once there is room for more. Rejects if the client takes nothing for too long or goes away. */
  async write(chunk: Buffer): Promise<void> {
    if (this.#response.headersSent) return this.#send(chunk);
    this.#held.push(chunk);
    this.#size += chunk.length;
    if (this.#size > this.#heldBack) await this.#start();
  }

  async end(summary: Summary): Promise<void> {
    if (!this.#response.headersSent) {
      this.#response.setHeader('X-ClickHouse-Summary', summaryText(summary));
      if (this.#encoding === undefined) this.#response.setHeader('Content-Length', this.#size);
      await this.#start();
    }
    (this.#encoder ?? this.#response).end();
  }

  /** Tells the error. `version` is the engine's. */
  fail(error: QueryError, version: string): void {
    const response = this.#response;
    const text = `${error.message} (version ${version})\n`;
    if (response.headersSent) {
      const bytes = Buffer.byteLength(text);
      const frame = `\r\n__exception__\r\n${this.#tag}\r\n${text}${bytes} ${this.#tag}\r\n__exception__\r\n`;
      const cut = (): void => void response.socket?.destroySoon();
      if (this.#encoder === undefined) response.write(frame, cut);
      else {
        this.#encoder.once('end', () => setImmediate(cut));
        this.#encoder.unpipe();
        this.#encoder.on('data', (part: Buffer) => void response.write(part));
        // Taken off its pipe it stands still.
        this.#encoder.resume();
        this.#encoder.end(frame);
      }
      return;
    }
    if (error.status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"');
    if (error.status === 503) response.setHeader('Retry-After', '1');
    response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
    response.setHeader('X-ClickHouse-Exception-Code', error.code);
    response.writeHead(error.status).end(text);
  }

  async #start(): Promise<void> {
    const response = this.#response;
    if (this.#encoding !== undefined) {
      response.setHeader('Content-Encoding', this.#encoding);
      this.#encoder = (encoders[this.#encoding] as () => Transform)();
      this.#encoder.pipe(response);
    }
    response.writeHead(200);
    const held = this.#held;
    this.#held = [];
    for (const part of held) await this.#send(part);
  }

  async #send(chunk: Buffer): Promise<void> {
    const target = this.#encoder ?? this.#response;
    if (this.#response.destroyed) throw new Error('the client went away');
    if (target.write(chunk)) return;
    const over = AbortSignal.timeout(this.#stallMs);
    const gone = new AbortController();
    const onClose = (): void => gone.abort(new Error('the client went away'));
    this.#response.once('close', onClose);
    try {
      await once(target, 'drain', { signal: AbortSignal.any([over, gone.signal]) });
    } catch (error) {
      this.#response.destroy();
      throw error;
    } finally {
      this.#response.off('close', onClose);
    }
  }
}

/** As ClickHouse writes it; how many rows were read to get there is not known from this engine. */
const summaryText = (summary: Summary): string =>
  JSON.stringify({
    read_rows: '0',
    read_bytes: '0',
    written_rows: String(summary.writtenRows),
    written_bytes: String(summary.writtenBytes),
    total_rows_to_read: '0',
    result_rows: String(summary.resultRows),
    result_bytes: String(summary.resultBytes),
    elapsed_ns: String(Math.round(summary.elapsed * 1e9)),
  });
