import { describe } from '../pages.ts'
import { failoverOn } from '../policy.ts'
import type { Step } from '../scene.ts'
import { settled, tenRequests } from '../traffic.ts'
import { rollout, scale } from '../workloads.ts'
import { hangzhou, shanghai } from '../world.ts'
import { tenthAway } from './distribution.ts'

const lost = ['productpage-v1', 'reviews-v1']

/** Step 7: distribution and failover at once. */
export const both: Step = {
  number: 7,
  title: 'Both at once: 90/10, 0/100 on loss, 90/10 again',
  async run(scene) {
    await failoverOn(scene)
    await scene.tools.isthmus('region show', { lines: 20 })
    await scene.check('both policies hold', '2 lines in 10 requests, 0 failed', async () => {
      const count = await tenthAway(scene)
      return { ok: count.lines === 2 && count.failed === 0, observed: describe(count) }
    })
    await scene.check(
      'Hangzhou loses productpage and reviews',
      '20 lines in 10 requests, 0 failed: 0/100',
      async () => {
        await scale(scene, hangzhou, lost, 0)
        await settled(scene, hangzhou, 'everything from Shanghai', 45, count => count.versions.v2 === count.requests)
        const count = await tenRequests(scene, hangzhou)
        const away = count.regions[shanghai.region] ?? 0
        return {
          ok: count.lines === 20 && count.failed === 0,
          observed: `${describe(count)}, ${away} of 10 from Shanghai`,
        }
      },
    )
    await scene.check('Hangzhou has them again', '2 lines in 10 requests, 0 failed: 90/10', async () => {
      await scale(scene, hangzhou, lost, 1)
      await Promise.all(lost.map(name => rollout(scene, hangzhou, name)))
      const count = await tenthAway(scene)
      return { ok: count.lines === 2 && count.failed === 0, observed: describe(count) }
    })
  },
}
