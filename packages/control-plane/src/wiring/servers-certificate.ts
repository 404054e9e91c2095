import {
  type CertificateAuthority,
  issueServerCertificate,
  renewIn,
  type ServerCertificate,
} from '../identity/index.ts'
import type { Clock, Log } from '../runtime/index.ts'

/** The certificate of the control plane's own servers, issued anew before it ends. */
export class ServersCertificate {
  current: ServerCertificate
  readonly #issue: () => Promise<ServerCertificate>
  readonly #clock: Clock
  readonly #log: Log
  readonly #heard: ((certificate: ServerCertificate) => void)[] = []
  #cancel: () => void = () => {}

  private constructor(first: ServerCertificate, issue: () => Promise<ServerCertificate>, clock: Clock, log: Log) {
    this.current = first
    this.#issue = issue
    this.#clock = clock
    this.#log = log
    this.#schedule()
  }

  static async issue(authority: CertificateAuthority, names: readonly string[], clock: Clock, log: Log) {
    const issue = () => issueServerCertificate(authority, { names, now: clock.now() })
    return new ServersCertificate(await issue(), issue, clock, log)
  }

  onRenewed(listener: (certificate: ServerCertificate) => void): void {
    this.#heard.push(listener)
  }

  stop(): void {
    this.#cancel()
  }

  #schedule() {
    // Timers hold no more than 24 days.
    const ms = Math.min(renewIn(this.current, this.#clock.now()), 20 * 24 * 3_600_000)
    this.#cancel = this.#clock.after(Math.max(ms, 60_000), () => {
      this.#issue().then(
        certificate => {
          this.current = certificate
          for (const listener of this.#heard) listener(certificate)
          this.#log.info({ until: new Date(certificate.notAfter).toISOString() }, 'server certificate renewed')
          this.#schedule()
        },
        error => {
          this.#log.error({ error: String(error) }, 'server certificate not renewed; trying again in a minute')
          this.#cancel = this.#clock.after(60_000, () => this.#schedule())
        },
      )
    })
  }
}
