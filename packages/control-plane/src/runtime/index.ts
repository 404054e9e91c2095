export * from './clock.ts'
export * from './log.ts'
export * from './pace.ts'
export * from './random.ts'
