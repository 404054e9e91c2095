export type { Check, Report } from './report.ts'
export { runTutorial, type TutorialOptions } from './run.ts'
