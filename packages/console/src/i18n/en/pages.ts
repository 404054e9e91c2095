export const pages = {
  overview: 'Overview',
  regional: 'Regional traffic',
  services: 'Services',
  rules: 'Traffic rules',
  clusters: 'Clusters',
  network: 'Network',
  gateways: 'Gateways',
  proxies: 'Proxies',
  events: 'Events',
  group: { traffic: 'Traffic', mesh: 'Mesh' },
} as const
