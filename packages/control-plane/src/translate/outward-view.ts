import { type ProxyView, viewKey } from '../model/index.ts'

const outward = new WeakMap<ProxyView, ProxyView>()
/** By their key, as long as somebody has them. */
const known = new Map<string, WeakRef<ProxyView>>()
const gone = new FinalizationRegistry<string>(key => {
  if (known.get(key)?.deref() === undefined) known.delete(key)
})

/**
 * What of a view counts for what its proxies call: all but what they serve. One object for all views that are alike in it, so
 * that all that is made for calling is made once for every workload of a namespace in one place.
 */
export function outwardView(view: ProxyView): ProxyView {
  if (view.kind === 'gateway') return view
  let found = outward.get(view)
  if (!found) {
    const without: ProxyView = view.inbound.length === 0 ? view : { ...view, inbound: [] }
    const key = viewKey(without)
    found = known.get(key)?.deref()
    if (!found) {
      found = without
      known.set(key, new WeakRef(found))
      gone.register(found, key)
    }
    outward.set(view, found)
  }
  return found
}
