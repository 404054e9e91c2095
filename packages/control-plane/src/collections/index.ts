export * from './groups.ts'
export * from './patched-map.ts'
