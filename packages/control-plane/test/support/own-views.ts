import type { Mesh, ProxyNode, ProxyView } from '../../src/model/index.ts'

let told = 0

/** The view with a label that nobody selects on: views that are alike share what is made for them, and this one is like no other. */
export function ownView<V extends ProxyView>(view: V, mark = String(++told)): V {
  return { ...view, labels: { ...view.labels, 'test.example/own': mark } }
}

/** Views as translation is asked for, but like none that another call of this gives. */
export function ownViews(viewOf: (node: ProxyNode, mesh: Mesh) => ProxyView): typeof viewOf {
  const mark = String(++told)
  return (node, mesh) => ownView(viewOf(node, mesh), mark)
}
