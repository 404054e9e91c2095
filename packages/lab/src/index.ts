export type { LabStatus, Place } from './cloud/control.ts'
export * from './lab.ts'
export { labDirectory } from './sandbox/paths.ts'
export { defaultWorld, tutorialWorld } from './world/load.ts'
