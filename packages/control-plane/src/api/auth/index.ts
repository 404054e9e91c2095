export * from './gate.ts'
export { type Attributes, attributesText, kubeReviews } from './reviews.ts'
