import type { Summary } from '../../programs/load/summary.ts'
import { describe } from '../pages.ts'
import type { Scene, Step } from '../scene.ts'
import { describeLoad, pageLoad, settled, tenRequests } from '../traffic.ts'
import { breakPods, replacePods, rollout, scale } from '../workloads.ts'
import { hangzhou, manifests } from '../world.ts'

/** Step 5: back again; then the same with pods that are alive but broken. */
export const brokenPods: Step = {
  number: 5,
  title: 'Back again, and pods that are alive but broken',
  async run(scene) {
    await scene.check('scaled back', '0 lines in 10 requests, 0 failed: traffic is local again', async () => {
      await scale(scene, hangzhou, ['reviews-v1'], 1)
      await rollout(scene, hangzhou, 'reviews-v1')
      return local(scene)
    })
    await broken(scene, '503', 'pods that answer 503')
    await scene.check('the pod replaced', '0 lines in 10 requests, 0 failed: traffic is local again', async () => {
      await replacePods(scene, hangzhou, 'reviews-v1')
      return local(scene)
    })
    scene.narrator.say(
      'A pod that accepts connections and never answers is only seen through a timeout, which the policy sets.',
    )
    await scene.tools.kubectl('mesh', `apply -f ${manifests.unansweredAfter}`)
    await scene.tools.isthmus('region show', { lines: 20 })
    await broken(scene, 'hang', 'pods that never answer')
    await scene.check(
      'the hanging pod replaced',
      '0 lines in 10 requests, 0 failed: traffic is local again',
      async () => {
        await replacePods(scene, hangzhou, 'reviews-v1')
        return local(scene)
      },
    )
  },
}

async function local(scene: Scene) {
  await settled(scene, hangzhou, 'reviews v1 from Hangzhou', 45, count => count.versions.v1 === count.requests)
  const count = await tenRequests(scene, hangzhou)
  return { ok: count.lines === 0 && count.failed === 0, observed: describe(count) }
}

/** Breaks the living pod under a load: how many requests failed, and how long until all were served from Shanghai. */
async function broken(scene: Scene, fault: string, what: string): Promise<void> {
  await scene.check(what, 'served from Shanghai: 20 lines in 10 requests, and no request fails meanwhile', async () => {
    const load = await pageLoad(scene, hangzhou, 20)
    await scene.wait('the load', 5, async () => {
      const { ok } = load.summary()
      return ok >= 10 ? { done: true, value: ok } : { done: false, seen: `${ok} answers` }
    })
    const brokenAt = load.summary().seconds * 1000
    await breakPods(scene, hangzhou, 'reviews-v1', 'reviews', fault)
    await settled(scene, hangzhou, 'reviews v2 from Shanghai', 30, count => count.versions.v2 === count.requests)
    const count = await tenRequests(scene, hangzhou)
    const summary = await load.stop()
    return {
      ok: count.lines === 20 && count.failed === 0 && summary.failed === 0,
      observed: `${describe(count)}; ${failedUntil(summary, brokenAt)}`,
    }
  })
}

function failedUntil(summary: Summary, brokenAt: number): string {
  const elsewhere =
    summary.firstElsewhereMs === undefined ? undefined : Math.max(0, summary.firstElsewhereMs - brokenAt) / 1000
  const first =
    elsewhere === undefined
      ? 'none served from Shanghai'
      : `the first served from Shanghai after at most ${elsewhere.toFixed(1)} s`
  return `at 20 requests a second ${describeLoad(summary)}, ${first}, the slowest took ${Math.round(summary.latencyMs.max)} ms`
}
