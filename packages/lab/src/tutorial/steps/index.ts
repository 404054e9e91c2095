import type { Step } from '../scene.ts'
import { bookinfo } from './bookinfo.ts'
import { both } from './both.ts'
import { brokenPods } from './broken-pods.ts'
import { distribution } from './distribution.ts'
import { failover } from './failover.ts'
import { joining } from './joining.ts'
import { network } from './network.ts'
import { night } from './night.ts'

/** The tutorial, in order. */
export const steps: readonly Step[] = [network, joining, bookinfo, failover, brokenPods, distribution, both, night]

/** `1-7`, `4`, `1-3,6`: numbers of steps. Throws with the reason when it is none of that. */
export function selectSteps(text: string, all: readonly Step[] = steps): readonly Step[] {
  const wanted = new Set<number>()
  for (const part of text.split(',')) {
    const [, from, to] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? []
    if (from === undefined) throw new Error(`"${part}" is not a step or a range of steps such as 1-7`)
    for (let number = Number(from); number <= Number(to ?? from); number++) wanted.add(number)
  }
  const unknown = [...wanted].filter(number => !all.some(step => step.number === number))
  if (unknown.length > 0 || wanted.size === 0) {
    throw new Error(`there is no step ${unknown[0] ?? text}; there are ${all.map(step => step.number).join(', ')}`)
  }
  return all.filter(step => wanted.has(step.number))
}
