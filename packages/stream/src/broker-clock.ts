import type { Clock } from './clock.ts';

/** A host clock that is off by less is taken as it is. */
const toleranceMs = 1000;
/** Ticks come every second: a longer pause between two is a jump of the clock, or sleep. Then it is checked again. */
const doubtAfterMs = 5000;

interface Sent {
  readonly offset: number;
  /** Host's clock before the tick was sent and after it was acknowledged, epoch ms. */
  readonly sentAt: number;
  readonly ackedAt: number;
}

/**
 * The host's clock as the broker sees it. The signals topics stamp the time of appending: an own tick that is read back
 * shows by how much the host is off (runtime.md, "The sequencer"). Until one has been read, and after a pause, the clock
 * is unchecked and must not move time.
 */
export class BrokerClock {
  readonly #host: Clock;
  readonly #corrected: (skewMs: number) => void;
  #skewMs = 0;
  #toldMs = 0;
  #isChecked = false;
  #sentAt: number | undefined;
  #unread: Sent | undefined;
  #read: { readonly offset: number; readonly stampedAt: number } | undefined;

  /** @param corrected called when the correction has changed by more than a second; 0 = the host is right again */
  constructor(host: Clock, corrected: (skewMs: number) => void) {
    this.#host = host;
    this.#corrected = corrected;
  }

  /** Epoch ms, corrected. */
  now(): number {
    return this.#host.now() + this.#skewMs;
  }

  /** Broker's minus host's clock, as corrected for: 0 if they differ by a second at most. */
  get skewMs(): number {
    return this.#skewMs;
  }

  /** True if a tick of this clock may move time. Asked before each tick. */
  isChecked(): boolean {
    if (this.#isChecked && this.#sentAt !== undefined) {
      const pause = this.#host.now() - this.#sentAt;
      if (pause > doubtAfterMs || pause < -toleranceMs) this.doubt();
    }
    return this.#isChecked;
  }

  /** The clock has to be checked anew. */
  doubt(): void {
    this.#isChecked = false;
    this.#unread = undefined;
    this.#sentAt = undefined;
  }

  /** A tick was sent at `sentAt` (host's clock) and is acknowledged now. */
  acknowledged(offset: number, sentAt: number): void {
    const sent = { offset, sentAt, ackedAt: this.#host.now() };
    this.#sentAt = sent.ackedAt;
    if (this.#read?.offset === offset) this.#compare(sent, this.#read.stampedAt);
    else this.#unread ??= sent;
  }

  /** Any tick was read. */
  tick(offset: number, stampedAt: number): void {
    this.#read = { offset, stampedAt };
    const sent = this.#unread;
    if (sent === undefined || offset < sent.offset) return;
    this.#unread = undefined;
    if (offset === sent.offset) this.#compare(sent, stampedAt);
  }

  #compare({ sentAt, ackedAt }: Sent, stampedAt: number): void {
    // it was appended somewhere between the two
    const [least, most] = [stampedAt - ackedAt, stampedAt - sentAt];
    const fits = (skewMs: number): boolean => skewMs >= least - toleranceMs && skewMs <= most + toleranceMs;
    if (fits(0)) this.#skewMs = 0;
    else if (!fits(this.#skewMs)) this.#skewMs = this.#skewMs < least ? least : most;
    this.#isChecked = true;
    if (Math.abs(this.#skewMs - this.#toldMs) <= toleranceMs) return;
    this.#toldMs = this.#skewMs;
    this.#corrected(this.#skewMs);
  }
}
