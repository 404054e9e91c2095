export const services = {
  title: 'Services',
  count: '{{total}} services',
  text: 'Requests and errors are measured over the last minute; endpoints as the clusters’ APIs last said.',
  name: 'Service',
  ports: 'Ports',
  regions: 'Ready by region',
  healthy: 'Healthy',
  requests: 'Requests',
  errors: 'Errors',
  findings: '{{count}} findings',
  findings_one: '{{count}} finding',
  empty: 'The mesh has no service yet.',
} as const
