export * from './access.ts'
export * from './routes.ts'
export { NotFound, serveApi } from './server.ts'
