import { analysisErrors } from './analysis.ts'
import { apiErrors } from './api.ts'
import { cliErrors } from './cli.ts'
import { cloudErrors } from './cloud.ts'
import { configErrors } from './config.ts'
import type { ErrorEntry } from './entry.ts'
import { gatewaysErrors } from './gateways.ts'
import { identityErrors } from './identity.ts'
import { istioErrors } from './istio.ts'
import { labErrors } from './lab.ts'
import { membersErrors } from './members.ts'
import { nodesErrors } from './nodes.ts'
import { regionsErrors } from './regions.ts'
import { setupErrors } from './setup.ts'
import { xdsErrors } from './xds.ts'

export type { ErrorEntry } from './entry.ts'

export const errors = {
  ...setupErrors,
  ...labErrors,
  ...cloudErrors,
  ...nodesErrors,
  ...istioErrors,
  ...regionsErrors,
  ...analysisErrors,
  ...xdsErrors,
  ...identityErrors,
  ...membersErrors,
  ...gatewaysErrors,
  ...configErrors,
  ...cliErrors,
  ...apiErrors,
}

export type ErrorCode = keyof typeof errors

/** An error for the person who reads it: a code of the table, what was wrong and where, and what to do. */
export class IsthmusError extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.name = 'IsthmusError'
    this.code = code
  }
  get entry(): ErrorEntry {
    return errors[this.code]
  }
  /** `ISM1001 NodeMissing: detail` and, on a line of its own, what mends it. */
  get text(): string {
    return `${this.code} ${this.entry.reason}: ${this.message}\n  ${this.entry.mend}`
  }
}
