/**
 * An image name in full, as container runtimes complete it: `busybox` is `docker.io/library/busybox:latest`.
 * Source: github.com/distribution/reference, ParseDockerRef
 */
export function fullName(reference: string): string {
  const [name, digest] = reference.split('@') as [string, string | undefined]
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const hasRegistry = first.includes('.') || first.includes(':') || first === 'localhost'
  const registry = hasRegistry ? first : 'docker.io'
  let path = hasRegistry ? name.slice(slash + 1) : name
  if (registry === 'docker.io' && !path.includes('/')) path = `library/${path}`
  const tagged = /:[^/]+$/.test(path)
  if (digest) return `${registry}/${path.replace(/:[^/]+$/, '')}@${digest}`
  return `${registry}/${path}${tagged ? '' : ':latest'}`
}

/** Whether a full name is meant by a pattern, in which `*` stands for any characters. A digest counts as a tag. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(name.replace('@', ':'))
}
