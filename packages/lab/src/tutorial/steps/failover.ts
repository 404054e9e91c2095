import { describe } from '../pages.ts'
import { failoverOn } from '../policy.ts'
import type { Step } from '../scene.ts'
import { describeLoad, pageLoad, settled, tenRequests } from '../traffic.ts'
import { scale } from '../workloads.ts'
import { hangzhou, manifests, shanghai } from '../world.ts'

/** Step 4: reviews of Hangzhou goes away, and every request through Hangzhou's gateway is served from Shanghai. */
export const failover: Step = {
  number: 4,
  title: 'Failover between the regions',
  async run(scene) {
    const { tools } = scene
    scene.narrator.say(
      'Hangzhou keeps reviews v1 (no stars), Shanghai v2 (black stars): so a page shows where its reviews come from.',
    )
    await scale(scene, hangzhou, ['reviews-v2', 'reviews-v3'], 0)
    await scale(scene, shanghai, ['reviews-v1', 'reviews-v3'], 0)
    await tools.kubectl('mesh', `apply -f ${manifests.outlierDetection}`)
    await failoverOn(scene)
    await tools.isthmus('region show', { lines: 20 })

    await scene.check(
      'before the loss each region serves itself',
      'Hangzhou 0 lines, Shanghai 20 lines, 0 failed',
      async () => {
        await settled(scene, hangzhou, 'reviews v1 only in Hangzhou', 45, count => count.versions.v1 === count.requests)
        await settled(scene, shanghai, 'reviews v2 only in Shanghai', 45, count => count.versions.v2 === count.requests)
        const [there, here] = [await tenRequests(scene, shanghai), await tenRequests(scene, hangzhou)]
        return {
          ok: here.lines === 0 && there.lines === 20 && here.failed + there.failed === 0,
          observed: `Hangzhou ${here.lines} lines, Shanghai ${there.lines} lines, ${here.failed + there.failed} failed`,
        }
      },
    )

    const load = await pageLoad(scene, hangzhou, 20)
    await scene.check('reviews in Hangzhou scaled to 0', '20 lines in 10 requests, 0 failed', async () => {
      await scale(scene, hangzhou, ['reviews-v1'], 0)
      await settled(scene, hangzhou, 'reviews v2 from Shanghai', 45, count => count.versions.v2 === count.requests)
      const count = await tenRequests(scene, hangzhou)
      return { ok: count.lines === 20 && count.failed === 0, observed: describe(count) }
    })
    const summary = await load.stop()
    await scene.check('20 requests a second meanwhile', '0 failed', async () => ({
      ok: summary.failed === 0 && summary.sent > 0,
      observed: `${describeLoad(summary)}, the slowest took ${Math.round(summary.latencyMs.max)} ms`,
    }))
    await tools.isthmus(`region explain reviews --from ${hangzhou.region}`, { lines: 20 })
  },
}
