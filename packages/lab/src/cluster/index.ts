export * from './apiserver.ts'
export * from './kubeconfig.ts'
export * from './pki.ts'
