export * from './access.ts'
export * from './routes.ts'
export { NotFound, type Route, serveApi } from './server.ts'
