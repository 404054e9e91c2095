/* Thousands of clients name the same thousands of resources. A name that was seen before is taken from here: no new
   string to decode, hash and collect for each of them. */

/** One place for each hash: what comes later takes it. So whatever clients send, no more than this is kept. */
const places = new Array<string | undefined>(1 << 16)
/** Longer names are not kept. */
const longest = 256

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text in a part of these bytes. Throws where it is no UTF-8. */
export function textOf(bytes: Buffer, start: number, end: number): string {
  if (end - start > longest) return decoder.decode(bytes.subarray(start, end))
  let hash = 0x811c9dc5
  let bits = 0
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    bits |= byte
    hash = Math.imul(hash ^ byte, 0x01000193)
  }
  if (bits > 0x7f) return decoder.decode(bytes.subarray(start, end))
  const place = (hash ^ (hash >>> 16)) & 0xffff
  const known = places[place]
  if (known !== undefined && isText(known, bytes, start, end)) return known
  const text = bytes.toString('latin1', start, end)
  places[place] = text
  return text
}

/** This very string is to be given for its bytes from now on: looking it up where it is a key is a comparison of pointers. */
export function remember(text: string): void {
  if (text.length > longest) return
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  places[(hash ^ (hash >>> 16)) & 0xffff] = text
}

function isText(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false
  return true
}
