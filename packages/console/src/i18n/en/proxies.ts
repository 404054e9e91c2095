export const proxies = {
  name: 'Proxy',
  region: 'Region',
  state: 'State',
  since: 'Connected',
} as const
