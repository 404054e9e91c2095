import type { ResourceMap } from '../snapshot/diff.ts'
import type { Interest } from './interest.ts'
import type { DiscoveryRequest } from './request.ts'
import { listVersion } from './versions.ts'

/** What a request says about names. Gives true where it added to what the client asks for. */
export function ask(interest: Interest, request: DiscoveryRequest, first: boolean, target: ResourceMap): boolean {
  return (interest.mode === 'delta' ? askDelta : askSotw)(interest, request, first, target)
}

/** Delta: names to add and names to take away. */
function askDelta(interest: Interest, request: DiscoveryRequest, first: boolean, target: ResourceMap): boolean {
  const { subscribe, unsubscribe, initialVersions } = request
  const returning = first && Object.keys(initialVersions).length > 0
  const legacy = first && subscribe.length === 0 && interest.legacyWildcard
  const star = subscribe.includes('*')
  const widened = (legacy || star) && !interest.wildcard
  if (widened) interest.startWildcard(returning)
  // Asked for on a running stream means: answer, even where nothing changed. On a new stream its versions say what it has.
  const inHand = (name: string) => returning && Object.hasOwn(initialVersions, name)
  const names = star ? subscribe.filter(name => name !== '*') : subscribe
  interest.add(names, target, inHand)
  if (returning) interest.return(initialVersions, target)
  for (const name of unsubscribe) {
    if (name === '*') interest.leaveWildcard()
    else interest.drop(name)
  }
  return widened || names.length > 0
}

/** State of the world: all names from now on, and the version of what the client has. */
function askSotw(interest: Interest, request: DiscoveryRequest, first: boolean, target: ResourceMap): boolean {
  const { names, version } = request
  const star = names.includes('*')
  const widened = (star || (first && names.length === 0 && interest.legacyWildcard)) && !interest.wildcard
  if (widened) interest.startWildcard(first && version !== '')
  // A client that began with the wildcard by naming nothing keeps it as long as it names nothing.
  else if (!star && interest.wildcard && names.length > 0) interest.leaveWildcard()
  const added = askExactly(interest, star ? names.filter(name => name !== '*') : names, target)
  if (first && interest.wildcard && version !== '') {
    if (version === listVersion(target)) interest.held.fill(target)
    // It has another list: it must be told the present one, even where that is empty.
    else interest.greet = true
  }
  return widened || added
}

/** Exactly these names from now on. Gives true where some are new. */
function askExactly(interest: Interest, names: readonly string[], target: ResourceMap): boolean {
  if (interest.names.equals(names)) return false
  const wanted = new Set(names)
  for (const name of [...interest.names]) {
    if (wanted.has(name)) continue
    interest.names.delete(name)
    if (!interest.wildcard) interest.forget(name)
  }
  const added = [...wanted].filter(name => !interest.names.has(name))
  interest.add(added, target)
  return added.length > 0
}
