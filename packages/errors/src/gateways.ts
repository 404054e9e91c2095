import { table } from './entry.ts'

/** ISM41xx: gateways. */
export const gatewaysErrors = table({
  ISM4101: {
    reason: 'GatewayFieldNotHonoured',
    meaning: 'An IstioGateway has a field that this control plane does not act on; the gateway runs without it.',
    mend: 'Remove the field, or set what it does on the Deployment or Service by other means.',
  },
  ISM4102: {
    reason: 'GatewayInvalid',
    meaning: 'An IstioGateway cannot be run as it is written; a gateway that ran before keeps running as it was.',
    mend: 'Correct the field that the message names and apply it again.',
  },
})
