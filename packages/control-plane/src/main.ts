import { pino } from 'pino'
import type { ServeOptions } from './wiring/options.ts'

/** Runs the control plane until it is told to stop: `isthmus serve`. */
export async function serve(options: ServeOptions): Promise<void> {
  const log = pino({ level: options.logLevel, base: undefined, timestamp: pino.stdTimeFunctions.isoTime })
  const { config } = options
  // Each way loads only what it needs: a directory no Kubernetes client, no certificates and no tokens.
  const stop =
    config === undefined
      ? await (await import('./wiring/mesh.ts')).serveMesh(options, log)
      : await (await import('./wiring/directory.ts')).serveDirectory({ ...options, config }, log)
  const end = (signal: string) => {
    log.info({ signal }, 'stopping; proxies keep what they have')
    // A part that hangs must not keep the process: whoever starts it anew waits for its end.
    setTimeout(() => process.exit(0), 3_000).unref()
    stop().then(
      () => process.exit(0),
      error => {
        log.error({ error: String(error) }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.once('SIGINT', () => end('SIGINT'))
  process.once('SIGTERM', () => end('SIGTERM'))
}
