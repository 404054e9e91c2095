import { textOf } from './interned.ts'

/** Goes over the fields of one protobuf message, without making anything of what is not asked for. Throws where it is none. */
export class Cursor {
  readonly #bytes: Buffer
  #at = 0
  #start = 0
  /** Of the field it stands on. */
  field = 0
  /** True for strings, bytes and messages. */
  delimited = false
  /** The value of a field of wire type varint, its low 32 bits. */
  varint = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Goes to the next field; false at the end. */
  next(): boolean {
    if (this.#at >= this.#bytes.length) return false
    const tag = this.#varint()
    this.field = tag >>> 3
    const wireType = tag & 7
    if (this.field === 0) throw new Error('field 0')
    this.delimited = wireType === 2
    if (wireType === 0) this.varint = this.#varint()
    else if (wireType === 1) this.#skip(8)
    else if (wireType === 5) this.#skip(4)
    else if (wireType === 2) this.#skip(this.#varint())
    else throw new Error(`wire type ${wireType}`)
    return true
  }

  /** The field's value: bytes of the message itself. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#at)
  }

  get text(): string {
    return textOf(this.#bytes, this.#start, this.#at)
  }

  #skip(length: number): void {
    this.#start = this.#at
    this.#at += length
    if (this.#at > this.#bytes.length) throw new Error('it ends within a field')
  }

  #varint(): number {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new Error('it ends within a field')
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new Error('a number of more than ten bytes')
  }
}
