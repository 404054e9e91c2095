/**
 * Protobuf from the last field to the first: a nested message's length is known when its head is written, so nothing is
 * measured twice or copied. One message at a time, from `begin` to `finish`.
 */
export class BackwardsWriter {
  #buffer = Buffer.allocUnsafeSlow(16_384)
  #at = this.#buffer.length

  begin(): void {
    this.#at = this.#buffer.length
  }

  /** How much has been written. */
  get length(): number {
    return this.#buffer.length - this.#at
  }

  varint(value: number): void {
    if (value < 0x80) {
      if (this.#at === 0) this.#grow(1)
      this.#buffer[--this.#at] = value
      return
    }
    let size = 1
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
    if (this.#at < size) this.#grow(size)
    this.#at -= size
    let [at, rest] = [this.#at, value]
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#buffer[at++] = (rest % 0x80) | 0x80
    this.#buffer[at] = rest
  }

  /** A string field, always written. */
  string(tag: number, text: string): void {
    const before = this.length
    this.#text(text)
    this.head(tag, before)
  }

  /** The head of a field of which everything since `before` is the content. */
  head(tag: number, before: number): void {
    this.varint(this.length - before)
    this.varint(tag)
  }

  finish(): Uint8Array {
    return new Uint8Array(this.#buffer.subarray(this.#at))
  }

  #text(text: string): void {
    const size = text.length
    if (this.#at < size) this.#grow(size)
    const from = this.#at - size
    let i = 0
    for (let code = 0; i < size; i++) {
      code = text.charCodeAt(i)
      if (code >= 0x80) break
      this.#buffer[from + i] = code
    }
    if (i === size) this.#at = from
    else this.#utf8(text)
  }

  #utf8(text: string): void {
    const bytes = Buffer.from(text, 'utf8')
    if (this.#at < bytes.length) this.#grow(bytes.length)
    this.#at -= bytes.length
    this.#buffer.set(bytes, this.#at)
  }

  #grow(size: number): void {
    const old = this.#buffer.subarray(this.#at)
    this.#buffer = Buffer.allocUnsafeSlow((this.#buffer.length + size) * 2)
    this.#at = this.#buffer.length - old.length
    this.#buffer.set(old, this.#at)
  }
}
