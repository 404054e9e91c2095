export * from './gate.ts'
export { type Attributes, kubeReviews } from './reviews.ts'
