export const events = {
  at: 'When',
  kind: 'Kind',
  text: 'What',
  who: 'Who',
} as const
