/* Protobuf read and written in place: fields are visited, nothing is decoded that is not asked for. */

/** Goes over the fields of a part of a buffer. `at` and `end` are those of a length-delimited field's bytes. */
export class Fields {
  readonly bytes: Buffer
  readonly #end: number
  #next: number
  number = 0
  wire = 0
  at = 0
  end = 0
  value = 0

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.#next = at
    this.#end = end
  }

  /** Goes to the next field. */
  next(): boolean {
    if (this.#next >= this.#end) return false
    const tag = this.#varint()
    this.number = tag >>> 3
    this.wire = tag & 7
    if (this.wire === 2) {
      const length = this.#varint()
      this.at = this.#next
      this.#next += length
      this.end = this.#next
    } else if (this.wire === 0) this.value = this.#varint()
    else this.#next += this.wire === 1 ? 8 : 4
    return true
  }

  text(): string {
    return this.bytes.toString('latin1', this.at, this.end)
  }

  /** Precise up to 53 bits, which is enough for tags, lengths and enums. */
  #varint(): number {
    let byte = this.bytes[this.#next++]!
    if (byte < 128) return byte
    let value = byte & 127
    let factor = 128
    do {
      byte = this.bytes[this.#next++]!
      value += (byte & 127) * factor
      factor *= 128
    } while (byte > 127)
    return value
  }
}

/** A length-delimited field. */
export function field(number: number, value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  const length: number[] = []
  for (let n = bytes.length; ; n >>>= 7) {
    if (n < 128) {
      length.push(n)
      break
    }
    length.push((n & 127) | 128)
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes])
}
