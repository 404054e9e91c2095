import type { Finding, Mesh } from '../model/index.ts'
import { destinationRuleFindings } from './destination-rules.ts'
import { gatewayFindings } from './gateways.ts'
import { portFindings } from './ports.ts'
import { regionFindings } from './regions.ts'
import { virtualServiceFindings } from './virtual-services.ts'

/**
 * What cannot work, said before it fails. Pure; each finding is about an object of the user. Objects stay in force as far as
 * they can: nothing here changes what proxies get.
 */
export function analyze(mesh: Mesh): readonly Finding[] {
  return [
    ...virtualServiceFindings(mesh),
    ...destinationRuleFindings(mesh),
    ...gatewayFindings(mesh),
    ...portFindings(mesh),
    ...regionFindings(mesh),
  ]
}
