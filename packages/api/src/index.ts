export * from './operations.ts'
export * from './paths.ts'
export type * from './types.ts'
