export * from './gate.ts'
export { type Attributes, kubeReviews, type Reviews } from './reviews.ts'
