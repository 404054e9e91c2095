export * from './arrange.ts'
export * from './decide.ts'
export * from './decision.ts'
export * from './input.ts'
