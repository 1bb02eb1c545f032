/** A buffer that grows while values are appended to it; little endian, as RowBinary has them. */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(bytes = 64 * 1024) {
    this.#buffer = Buffer.allocUnsafe(bytes);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written, as a buffer of its own. */
  bytes(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  uint8(value: number): void {
    this.#room(1);
    this.#buffer[this.#length++] = value;
  }

  uint16(value: number): void {
    this.#room(2);
    this.#length = this.#buffer.writeUInt16LE(value, this.#length);
  }

  uint32(value: number): void {
    this.#room(4);
    this.#length = this.#buffer.writeUInt32LE(value, this.#length);
  }

  int32(value: number): void {
    this.#room(4);
    this.#length = this.#buffer.writeInt32LE(value, this.#length);
  }

  /** A whole number between -2^53 and 2^53, as 64 bits. */
  int64(value: number): void {
    this.#room(8);
    const high = Math.floor(value / 2 ** 32);
    this.#buffer.writeUInt32LE(value - high * 2 ** 32, this.#length);
    this.#length = this.#buffer.writeInt32LE(high, this.#length + 4);
  }

  float64(value: number): void {
    this.#room(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  /** A length: LEB128. */
  varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.uint8((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.uint8(rest);
  }

  /** Bytes without a length before them. */
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A length and the bytes, of a text its UTF-8. */
  text(value: string | Uint8Array): void {
    const length = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
    this.varint(length);
    if (typeof value !== 'string') {
      this.raw(value);
      return;
    }
    this.#room(length);
    this.#buffer.write(value, this.#length, 'utf8');
    this.#length += length;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
