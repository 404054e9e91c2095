export { analyze } from './analyze.ts'
