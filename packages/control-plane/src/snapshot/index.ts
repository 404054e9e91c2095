export { changedNames } from './diff.ts'
export * from './engine.ts'
export * from './resource.ts'
export * from './translator.ts'
