/** The socket as the outbox needs it. `sent` is called when the frame has been handed to the operating system. */
export interface OutSocket {
  send(text: string, sent: (error?: Error | null) => void): void;
}

/** Every default of the outbox: more than `bytes` or `ms` of unsent frames is a slow reader; above `pauseBytes` wait. */
export const outboxLimits = { bytes: 1 << 20, ms: 10_000, pauseBytes: 256 << 10 } as const;

export type OutboxLimits = { readonly [K in keyof typeof outboxLimits]: number };

/**
 * Frames that were handed to a socket and have not left the process. A stalled reader shows in two ways: bytes pile up
 * here, and, since the system's own buffers take megabytes first, by the age of the oldest unsent frame.
 */
export class Outbox {
  readonly #socket: OutSocket;
  readonly #limits: OutboxLimits;
  readonly #now: () => number;
  readonly #unsent: { readonly bytes: number; readonly at: number }[] = [];
  #bytes = 0;
  #closed = false;
  #waiting: (() => void)[] = [];

  constructor(socket: OutSocket, now: () => number, limits: OutboxLimits = outboxLimits) {
    this.#socket = socket;
    this.#now = now;
    this.#limits = limits;
  }

  /** Hands a frame to the socket, however full it is: alerts wait for `isFull` first. */
  send(text: string): void {
    if (this.#closed) return;
    const bytes = Buffer.byteLength(text);
    this.#unsent.push({ bytes, at: this.#now() });
    this.#bytes += bytes;
    this.#socket.send(text, () => this.#sent());
  }

  /** True while alerts should wait. */
  get isFull(): boolean {
    return this.#bytes >= this.#limits.pauseBytes;
  }

  get unsentBytes(): number {
    return this.#bytes;
  }

  /** ms since the oldest unsent frame was handed over; 0 if there is none. */
  get unsentMs(): number {
    const oldest = this.#unsent[0];
    return oldest === undefined ? 0 : this.#now() - oldest.at;
  }

  /** True once the reader is slower than the buffer allows. */
  get isOverrun(): boolean {
    return this.#bytes > this.#limits.bytes || this.unsentMs > this.#limits.ms;
  }

  /** Resolves when there is room again, or with false once the connection is closed. */
  async room(): Promise<boolean> {
    while (this.isFull && !this.#closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return !this.#closed;
  }

  /** Calls `then` once when there is room again. */
  whenRoom(then: () => void): void {
    this.#waiting.push(then);
  }

  /** Nothing is sent from now on; whoever waits goes on. */
  close(): void {
    this.#closed = true;
    this.#release();
  }

  #sent(): void {
    this.#bytes -= this.#unsent.shift()?.bytes ?? 0;
    if (!this.isFull) this.#release();
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
