export { authorOf } from './author.ts'
export * from './part.ts'
