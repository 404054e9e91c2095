export const regional = {
  title: 'Regional traffic',
} as const
