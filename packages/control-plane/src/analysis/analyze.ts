import type { Finding, Mesh } from '../model/index.ts'
import { destinationRuleFindings } from './destination-rules.ts'
import { gatewayFindings } from './gateways.ts'
import { looking } from './look.ts'
import { portFindings } from './ports.ts'
import { regionFindings } from './regions.ts'
import { virtualServiceFindings } from './virtual-services.ts'

const looks: readonly ((mesh: Mesh) => readonly Finding[])[] = [
  looking({
    tables: ['virtualServices', 'destinationRules', 'gateways', 'services'],
    find: virtualServiceFindings,
  }),
  looking({ tables: ['destinationRules', 'services', 'endpoints'], find: destinationRuleFindings }),
  looking({ tables: ['gateways', 'credentials'], find: gatewayFindings }),
  looking({ tables: ['services'], find: portFindings }),
  looking({ tables: ['regionalPolicies', 'clusters', 'services'], find: regionFindings }),
]

/**
 * What cannot work, said before it fails. Pure; each finding is about an object of the user. Objects stay in force as far as
 * they can: nothing here changes what proxies get.
 */
export function analyze(mesh: Mesh): readonly Finding[] {
  return looks.flatMap(look => look(mesh))
}
