export * from './apiserver.ts'
export * from './cluster.ts'
export * from './kubeconfig.ts'
export * from './pki.ts'
