export * from './programs.ts'
export * from './reference.ts'
export * from './table.ts'
