export * from './addresses.ts'
export * from './backends.ts'
export * from './controller.ts'
