export const gateways = {
  name: 'Gateway',
  addresses: 'Addresses',
  routes: 'Routes',
} as const
