/** Where a model value comes from, so that a finding can be written back onto the user's own object. */
export interface Origin {
  /** Member cluster's name; '' for the mesh API or a configuration directory. */
  readonly cluster: string
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly generation?: number
  /** Where configuration comes from a directory: the file, and the object's first line in it. */
  readonly file?: string
  readonly line?: number
}

export function originText(o: Origin): string {
  const where = o.file ? `${o.file}${o.line ? `:${o.line}` : ''} ` : o.cluster ? `${o.cluster} ` : ''
  return `${where}${o.kind} ${o.namespace ? `${o.namespace}/` : ''}${o.name}`
}
