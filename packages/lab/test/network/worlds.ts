import { planWorld } from '@isthmus/lab/cloud/plan.ts'
import type { CloudObject, CloudObjects } from '@isthmus/lab/cloud/resources.ts'
import { planNetwork } from '@isthmus/lab/network/plan.ts'
import type { NetworkState, Route } from '@isthmus/lab/network/state.ts'
import { defaultWorld, loadWorld } from '@isthmus/lab/world/load.ts'

/** The world of the tutorial's text. */
export const seed = await loadWorld(defaultWorld)

/** The same with a resource's spec changed, or (undefined) without it. */
export function withSpec(objects: CloudObjects, id: string, change: object | undefined): CloudObject[] {
  return objects.flatMap(o => {
    if (`${o.kind}/${o.metadata.name}` !== id) return [o]
    return change ? [{ ...o, spec: { ...o.spec, ...change } as CloudObject['spec'] }] : []
  })
}

export const networkOf = (objects: CloudObjects): NetworkState => planNetwork(planWorld(objects).topology)

const bits = (text: string) => text.split('.').reduce((all, part) => all * 256 + Number(part), 0)

/** The route a namespace takes to an address: the longest prefix that holds it. */
export function routeTo(state: NetworkState, namespace: string, address: string): Route | undefined {
  const holds = ({ to }: Route) => {
    if (to === 'default') return true
    const [base, length] = to.split('/')
    const size = 2 ** (32 - Number(length))
    return Math.floor(bits(base!) / size) === Math.floor(bits(address) / size)
  }
  const length = ({ to }: Route) => (to === 'default' ? -1 : Number(to.split('/')[1]))
  return state.namespaces
    .get(namespace)
    ?.routes.filter(holds)
    .sort((a, b) => length(b) - length(a))[0]
}
