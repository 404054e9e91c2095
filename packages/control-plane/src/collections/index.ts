export * from './groups.ts'
export * from './table.ts'
