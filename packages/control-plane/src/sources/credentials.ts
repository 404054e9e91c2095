import type { KubeObject } from '@isthmus/kubernetes'
import type { Mesh } from '../model/index.ts'
import { keyOf, type MeshBuilder } from './mesh-builder.ts'

/** Lets only those Secrets into the mesh that some Gateway names: other people's secrets are none of its business. */
export class Credentials {
  readonly #builder: MeshBuilder
  readonly #secrets = new Map<string, KubeObject>()
  #named: ReadonlySet<string> = new Set()
  readonly #unsubscribe: () => void

  constructor(builder: MeshBuilder) {
    this.#builder = builder
    this.#unsubscribe = builder.subscribe((mesh, changes) => {
      if (changes.some(c => c.kind === 'rules' && (c.tables.has('gateways') || c.tables.has('destinationRules'))))
        this.#reconsider(mesh)
    })
  }

  stop(): void {
    this.#unsubscribe()
  }

  /** True for a Secret that some rule names. */
  names(secret: KubeObject): boolean {
    return this.#named.has(keyOf(secret))
  }

  replace(secrets: readonly KubeObject[]): void {
    this.#secrets.clear()
    for (const s of secrets) this.#secrets.set(keyOf(s), s)
    this.#builder.replace(
      '',
      'Secret',
      secrets.filter(s => this.names(s)),
    )
  }

  set(secret: KubeObject): void {
    this.#secrets.set(keyOf(secret), secret)
    if (this.names(secret)) this.#builder.set('', secret)
  }

  delete(secret: KubeObject): void {
    this.#secrets.delete(keyOf(secret))
    this.#builder.delete('', secret)
  }

  #reconsider(mesh: Mesh): void {
    this.#named = namedCredentials(mesh)
    this.#builder.replace(
      '',
      'Secret',
      [...this.#secrets].filter(([key]) => this.#named.has(key)).map(([, s]) => s),
    )
  }
}

/** `namespace/name` of every Secret a rule names; a name alone is in the mesh's root namespace. */
function namedCredentials(mesh: Mesh): ReadonlySet<string> {
  const named = new Set<string>()
  const add = (name: string | undefined) => {
    if (!name) return
    const bare = name.replace(/^kubernetes:\/\//, '')
    named.add(bare.includes('/') ? bare : `${mesh.config.rootNamespace}/${bare}`)
  }
  for (const g of mesh.gateways) for (const s of g.servers) add(s.tls?.credentialName)
  for (const d of mesh.destinationRules) {
    const policies = [d.trafficPolicy, ...d.subsets.map(s => s.trafficPolicy)]
    for (const p of policies.flatMap(p => (p ? [p, ...p.portLevelSettings.values()] : []))) add(p.tls?.credentialName)
  }
  return named
}
