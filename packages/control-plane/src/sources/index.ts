/** What comes in: member clusters, the mesh's own API, a directory of files; and the Mesh built from it. */
export * from './mesh-builder.ts'
export * from './mesh-change.ts'
export * from './view.ts'
