export * from './controller.ts'
export * from './objects.ts'
export * from './spec.ts'
