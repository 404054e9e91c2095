import { countPages, describe, getPages, type PageCount } from '../pages.ts'
import { distributionOn, failoverOff } from '../policy.ts'
import type { Scene, Step } from '../scene.ts'
import { manyRequests, tenRequests } from '../traffic.ts'
import { when } from '../wait.ts'
import { hangzhou } from '../world.ts'

/** Step 6: a tenth of what comes in through Hangzhou's gateway goes to Shanghai. */
export const distribution: Step = {
  number: 6,
  title: 'Distribution: 10% of Hangzhou to Shanghai',
  async run(scene) {
    await failoverOff(scene)
    await distributionOn(scene)
    await scene.tools.isthmus('region show', { lines: 20 })
    await scene.check('10 requests', '2 lines in 10 requests, 0 failed', async () => {
      const count = await tenthAway(scene)
      return { ok: count.lines === 2 && count.failed === 0, observed: describe(count) }
    })
    await scene.check('1,000 requests', '90 to 110 of 1000 from Shanghai, 0 failed', async () => {
      const count = await manyRequests(scene, hangzhou, 1000, 4)
      return {
        ok: count.starred >= 90 && count.starred <= 110 && count.failed === 0,
        observed: `${count.starred} of ${count.requests} from Shanghai, ${count.failed} failed`,
      }
    })
  },
}

/**
 * Ten requests, once the share holds: a change of pods starts the schedule anew, so this waits until twice ten in a row had
 * one from Shanghai. The ten that count come after.
 */
export async function tenthAway(scene: Scene): Promise<PageCount> {
  const url = `${await scene.gateway(hangzhou)}/productpage`
  const ten = async () => countPages(await getPages(url, 10))
  await scene
    .wait('1 of 10 from Shanghai', 30, async () => {
      const [first, second] = [await ten(), await ten()]
      return when(first.lines === 2 && second.lines === 2, `${describe(first)}, then ${describe(second)}`)
    })
    .catch(() => {})
  return tenRequests(scene, hangzhou)
}
