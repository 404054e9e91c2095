import { changedKeys, type ItemChange, inPieces, type Pieces, patchedPieces } from '../collections/index.ts'
import type { Mesh, ProxyView, Service, SidecarScope } from '../model/index.ts'
import { byHostname } from './services.ts'
import { serviceVisible } from './visibility.ts'
import { VisibleFrom } from './visible.ts'

interface Visible {
  readonly of: Mesh['services']
  readonly sidecar: SidecarScope | undefined
  readonly services: Pieces<Service>
}

const visibles = new WeakMap<ProxyView, Visible>()

/** Services that a view may see, by hostname: those it saw last, and what changed since. */
export function visibleServices(
  view: ProxyView,
  { services: of }: Mesh,
  sidecar: SidecarScope | undefined,
): Pieces<Service> {
  const known = visibles.get(view)
  if (known && known.of === of && known.sidecar === sidecar) return known.services
  const last = known?.sidecar === sidecar ? known : undefined
  const services = sharedList(of, view.namespace, sidecar, last)
  visibles.set(view, { of, sidecar, services })
  return services
}

type Lists = Map<SidecarScope | undefined, Map<string, Pieces<Service>>>

/** By the Sidecar (or none) and the namespace: views that see the same share the list. */
const lists = new WeakMap<Mesh['services'], Lists>()

function sharedList(
  services: Mesh['services'],
  namespace: string,
  sidecar: SidecarScope | undefined,
  last: Visible | undefined,
): Pieces<Service> {
  const bySidecar: Lists = lists.get(services) ?? new Map()
  lists.set(services, bySidecar)
  const byNamespace = bySidecar.get(sidecar) ?? new Map<string, Pieces<Service>>()
  bySidecar.set(sidecar, byNamespace)
  let list = byNamespace.get(namespace)
  if (!list) {
    list = last ? followed(last, services, namespace) : all(services, namespace, sidecar)
    byNamespace.set(namespace, list)
  }
  return list
}

interface Followed {
  readonly from: Pieces<Service>
  readonly changes: readonly ItemChange<Service>[]
  readonly to: Pieces<Service>
}

const steps = new WeakMap<Mesh['services'], Followed[]>()

/** The same pieces where all that changed is nothing to the view; views that saw the same, and see the same change, share theirs. */
function followed({ of, sidecar, services: from }: Visible, now: Mesh['services'], namespace: string): Pieces<Service> {
  const changes: ItemChange<Service>[] = []
  for (const hostname of changedKeys(of, now)) {
    const [was, is] = [of.get(hostname), now.get(hostname)]
    if (is && serviceVisible(is, namespace, sidecar)) changes.push({ item: is, gone: false })
    else if (was && serviceVisible(was, namespace, sidecar)) changes.push({ item: was, gone: true })
  }
  if (changes.length === 0) return from
  const known = steps.get(now) ?? []
  const same = (c: ItemChange<Service>, i: number) => c.item === changes[i]!.item && c.gone === changes[i]!.gone
  const found = known.find(s => s.from === from && s.changes.length === changes.length && s.changes.every(same))
  if (found) return found.to
  const to = patchedPieces(from, changes, byHostname)
  steps.set(now, [...known, { from, changes, to }])
  return to
}

const seen = new WeakMap<Mesh['services'], { readonly from: VisibleFrom<Service>; readonly all: Pieces<Service> }>()

function all(services: Mesh['services'], namespace: string, sidecar: SidecarScope | undefined): Pieces<Service> {
  let index = seen.get(services)
  if (!index) {
    const sorted = [...services.values()].sort(byHostname)
    index = { from: new VisibleFrom(sorted), all: inPieces(sorted) }
    seen.set(services, index)
  }
  const visible = index.from
    .candidates(namespace, sidecar)
    .filter(service => serviceVisible(service, namespace, sidecar))
  return visible.length === services.size ? index.all : inPieces(visible)
}
