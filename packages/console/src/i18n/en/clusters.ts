export const clusters = {
  name: 'Cluster',
  region: 'Region',
  state: 'State',
  ready: 'ready',
  lastContact: 'Last word of its API',
  endpoints: 'Endpoints',
} as const
