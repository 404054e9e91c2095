import type { IstioGateway } from '../../gateways/spec.ts'
import type { Handlers } from '../call.ts'
import { kindNamed } from '../objects/kinds.ts'
import type { ApiParts } from '../parts.ts'
import { gatewayRowsOf } from '../views/gateways.ts'

export function gatewayHandlers(parts: ApiParts): Pick<Handlers, 'listGateways'> {
  return {
    async listGateways({ caller }) {
      const gateways = (await parts.objects.list(caller, kindNamed('IstioGateway'))) as readonly IstioGateway[]
      return {
        at: parts.clock.now(),
        gateways: gatewayRowsOf({
          mesh: parts.mesh(),
          gateways,
          sent: parts.telemetry.senders(),
          now: parts.clock.now(),
        }),
      }
    },
  }
}
