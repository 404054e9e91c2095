export const rules = {
  name: 'Name',
  namespace: 'Namespace',
  about: 'For',
  kind: 'Kind',
} as const
