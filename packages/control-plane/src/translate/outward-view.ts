import { type Mesh, type ProxyView, viewKey } from '../model/index.ts'

const outward = new WeakMap<ProxyView, ProxyView>()
/** By their key, as long as somebody has them. */
const known = new Map<string, WeakRef<ProxyView>>()
const gone = new FinalizationRegistry<string>(key => {
  if (known.get(key)?.deref() === undefined) known.delete(key)
})

/**
 * What of a view counts for what its proxies call: not what they serve, and not the name of a cluster that the mesh knows nothing
 * of. One object for all views that are alike in it, so that all that is made for calling is made once for every workload of a
 * namespace in one place.
 */
export function outwardView(view: ProxyView, { clusters }: Mesh): ProxyView {
  if (view.kind === 'gateway') return view
  const cluster = clusters.has(view.cluster) ? view.cluster : ''
  let found = outward.get(view)
  if (found?.cluster !== cluster) {
    const own = view.inbound.length === 0 && view.cluster === cluster
    found = theOneLike(own ? view : { ...view, inbound: [], cluster })
    outward.set(view, found)
  }
  return found
}

function theOneLike(view: ProxyView): ProxyView {
  const key = viewKey(view)
  const found = known.get(key)?.deref()
  if (found) return found
  known.set(key, new WeakRef(view))
  gone.register(view, key)
  return view
}
