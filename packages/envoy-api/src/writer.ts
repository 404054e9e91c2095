/**
 * Protobuf's wire format, written from the end: what is inside a length is there before the length is, so nothing is
 * measured first or moved afterwards. One buffer is used again for every message.
 */
export class BackwardWriter {
  #buffer = Buffer.allocUnsafeSlow(1 << 16)
  #view = new DataView(this.#buffer.buffer)
  /** Everything from here to the end is written. */
  #at = this.#buffer.length

  /** How much is written. */
  get length(): number {
    return this.#buffer.length - this.#at
  }

  /** A copy of what is written; the writer begins again. */
  finish(): Uint8Array<ArrayBuffer> {
    // Small ones share a block: a view holds thousands, and each buffer of its own costs more than its bytes.
    const block = Buffer.allocUnsafe(this.length)
    block.set(this.#buffer.subarray(this.#at))
    this.reset()
    return new Uint8Array(block.buffer as ArrayBuffer, block.byteOffset, block.length)
  }

  reset(): void {
    this.#at = this.#buffer.length
  }

  #room(bytes: number): void {
    if (this.#at >= bytes) return
    const written = this.length
    const bigger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, written + bytes))
    bigger.set(this.#buffer.subarray(this.#at), bigger.length - written)
    this.#at = bigger.length - written
    this.#buffer = bigger
    this.#view = new DataView(bigger.buffer)
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length)
    this.#at -= value.length
    this.#buffer.set(value, this.#at)
  }

  string(value: string): void {
    this.#room(value.length)
    const buffer = this.#buffer
    let at = this.#at
    for (let i = value.length - 1; i >= 0; i--) {
      const code = value.charCodeAt(i)
      if (code > 0x7f) {
        this.#utf8(value)
        return
      }
      buffer[--at] = code
    }
    this.#at = at
  }

  #utf8(value: string): void {
    const length = Buffer.byteLength(value)
    this.#room(length)
    this.#at -= length
    this.#buffer.write(value, this.#at, length)
  }

  /** An integer from 0 to 2^53 - 1. */
  varint(value: number): void {
    this.#room(8)
    const buffer = this.#buffer
    if (value < 0x80) {
      buffer[--this.#at] = value
      return
    }
    let size = 1
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
    let at = this.#at - size
    this.#at = at
    for (; value >= 0x80; value = Math.floor(value / 0x80)) buffer[at++] = (value % 0x80) | 0x80
    buffer[at] = value
  }

  /** Any 64 bits. */
  varint64(value: bigint): void {
    if (value >= 0n && value <= 0x1fffffffffffffn) {
      this.varint(Number(value))
      return
    }
    this.#room(10)
    const groups: number[] = []
    for (let rest = BigInt.asUintN(64, value); rest > 0n || groups.length === 0; rest >>= 7n)
      groups.push(Number(rest & 0x7fn))
    this.#at -= groups.length
    for (let i = 0; i < groups.length; i++) this.#buffer[this.#at + i] = groups[i]! | (i < groups.length - 1 ? 0x80 : 0)
  }

  double(value: number): void {
    this.#room(8)
    this.#at -= 8
    this.#view.setFloat64(this.#at, value, true)
  }

  float(value: number): void {
    this.#room(4)
    this.#at -= 4
    this.#view.setFloat32(this.#at, value, true)
  }

  fixed32(value: number): void {
    this.#room(4)
    this.#at -= 4
    this.#view.setInt32(this.#at, value, true)
  }

  fixed64(value: bigint): void {
    this.#room(8)
    this.#at -= 8
    this.#view.setBigInt64(this.#at, BigInt.asIntN(64, value), true)
  }
}
