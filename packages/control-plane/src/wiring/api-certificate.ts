import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { IsthmusError } from '@isthmus/errors'
import type { KeyPair } from '../api/index.ts'
import type { Clock, Log } from '../runtime/index.ts'

/** Certificates change rarely and are renewed long before they end. Milliseconds. */
const lookEveryMs = 30_000

/**
 * A certificate and key from files, read again when they change. Throws ISM5114 where they are not good at the start; later
 * the last good pair stays in use, and the log says why.
 */
export function watchKeyPair(
  files: KeyPair,
  clock: Clock,
  log: Log,
  onChange: (pair: KeyPair) => void,
): { readonly current: KeyPair; stop(): void } {
  let current = read(files)
  let cancel = () => {}
  const look = () => {
    try {
      const next = read(files)
      if (next.cert !== current.cert || next.key !== current.key) {
        current = next
        onChange(next)
        log.info({ file: files.cert }, 'api: certificate replaced')
      }
    } catch (error) {
      log.error({ error: String(error) }, 'api: the new certificate is not good; the one before stays in use')
    }
    cancel = clock.after(lookEveryMs, look)
  }
  cancel = clock.after(lookEveryMs, look)
  return {
    get current() {
      return current
    },
    stop: () => cancel(),
  }
}

function read(files: KeyPair): KeyPair {
  try {
    const pair = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') }
    createSecureContext(pair)
    return pair
  } catch (error) {
    throw new IsthmusError('ISM5114', `${files.cert}, ${files.key}: ${(error as Error).message}`, { cause: error })
  }
}
