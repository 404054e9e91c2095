/** What comes in: member clusters, the mesh's own API, a directory of files; and the Mesh built from it. */

export * from './directory-source.ts'
export * from './member-source.ts'
export * from './mesh-builder.ts'
export * from './mesh-change.ts'
export * from './mesh-config-source.ts'
export * from './view.ts'
