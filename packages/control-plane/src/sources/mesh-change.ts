import type { Mesh } from '../model/index.ts'

/** The parts of Mesh that hold rules. */
export type RuleTable = 'gateways' | 'virtualServices' | 'destinationRules' | 'sidecars' | 'regionalPolicies'

/** What changed between two meshes, so that work can be in proportion. */
export type MeshChange =
  /** Only the endpoints of these hostnames: their services stand. */
  | { readonly kind: 'endpoints'; readonly hostnames: ReadonlySet<string> }
  /** These services came, went, or changed (ports, addresses, clusters). */
  | { readonly kind: 'services'; readonly hostnames: ReadonlySet<string> }
  | { readonly kind: 'rules'; readonly tables: ReadonlySet<RuleTable> }
  /** Workloads by key: proxies' own views (inbound ports, locality). */
  | { readonly kind: 'workloads'; readonly keys: ReadonlySet<string> }
  | { readonly kind: 'clusters'; readonly names: ReadonlySet<string> }
  | { readonly kind: 'credentials'; readonly keys: ReadonlySet<string> }
  /** Nothing of the mesh, but what is said about objects. */
  | { readonly kind: 'findings' }

export type MeshListener = (mesh: Mesh, changes: readonly MeshChange[]) => void
