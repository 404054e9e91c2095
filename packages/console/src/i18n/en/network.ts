export const network = {
  kind: 'Kind',
  name: 'Name',
  region: 'Region',
  cidr: 'CIDR',
  limit: 'Limit',
} as const
