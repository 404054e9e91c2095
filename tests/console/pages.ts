/** Every page of the console, by a name for its picture, with its address in the tutorial's world. */
export const pages: readonly (readonly [name: string, path: string])[] = [
  ['overview', '/'],
  ['regional', '/regional-traffic'],
  ['services', '/services'],
  ['service', '/services/reviews.default.svc.cluster.local'],
  ['rules', '/rules?kind=DestinationRule'],
  ['rule', '/rules/DestinationRule/default/reviews'],
  ['clusters', '/clusters'],
  ['cluster', '/clusters/ack-hangzhou'],
  ['pods', '/clusters/ack-hangzhou?tab=pods'],
  ['network', '/network'],
  ['gateways', '/gateways'],
  ['proxies', '/proxies'],
  ['events', '/events'],
]
