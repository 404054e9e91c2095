import type { Summary } from '../../programs/load/summary.ts'
import { getPage } from '../pages.ts'
import type { Scene, Step } from '../scene.ts'
import { describeLoad, failuresAt, pageLoad } from '../traffic.ts'
import { when } from '../wait.ts'
import { rollout, scale } from '../workloads.ts'
import { hangzhou, type Place, peerAttachment, places, shanghai } from '../world.ts'

/** Step 8: the night itself, under 20 requests a second on each gateway. */
export const night: Step = {
  number: 8,
  title: 'The night: control plane, connection and a whole region lost',
  async run(scene) {
    scene.narrator.say(
      'What is lost in the night does not refuse, it falls silent: so there is a limit for every answer.',
    )
    await scene.tools.isthmus(`region failover set ${hangzhou.region} ${shanghai.region} --unanswered-after 2s`)
    await controlPlaneLost(scene)
    await connectionCut(scene)
    await regionLost(scene)
  },
}

async function controlPlaneLost(scene: Scene): Promise<void> {
  const loads = await Promise.all(places.map(place => pageLoad(scene, place, 20)))
  scene.narrator.say(
    `${shanghai.cluster}'s API is taken away; then the control plane is killed with -9 and started again.`,
  )
  const proxiesBefore = proxiesOf(
    shanghai,
    JSON.parse(await scene.tools.isthmus('proxy status -o json', { show: false })),
  )
  await scene.controls.pauseApi(shanghai.cluster)
  await scene.controls.killControlPlane()
  await scene.wait('the control plane', 60, async () => {
    const { code, stdout, stderr } = await scene.tools.tryIsthmus('proxy status', { show: false })
    return when(code === 0, stderr || stdout)
  })
  await scene.check('nothing is emptied', 'requests through Hangzhou still go to Shanghai too', async () => {
    const load = loads[places.indexOf(hangzhou)]!
    const there = () => load.summary().regions[shanghai.region] ?? 0
    const before = there()
    const after = await scene.wait('requests to Shanghai', 20, async () => {
      const more = there() - before
      return more >= 3 ? { done: true, value: more } : { done: false, seen: `${more}` }
    })
    return { ok: true, observed: `${after} more of them went to Shanghai with the control plane back and its API away` }
  })
  await scene.check("the far cluster's proxies are known without its API", 'all of them connect again', async () => {
    const far = (list: readonly { cluster: string }[]) =>
      list.filter(proxy => proxy.cluster === shanghai.cluster).length
    const count = await scene.wait(`the proxies of ${shanghai.cluster}`, 60, async () => {
      const list = JSON.parse(await scene.tools.isthmus('proxy status -o json', { show: false }))
      return far(list) >= proxiesBefore
        ? { done: true, value: far(list) }
        : { done: false, seen: `${far(list)} of them` }
    })
    return { ok: true, observed: `${count} of ${proxiesBefore} connected again, by the token keys that were kept` }
  })
  await scene.check('a pod added meanwhile is found', 'it serves requests', async () => {
    await scale(scene, hangzhou, ['reviews-v1'], 2)
    await rollout(scene, hangzhou, 'reviews-v1')
    const words = ['get', 'pods', '-l', 'app=reviews,version=v1', '-o', 'jsonpath={.items[*].metadata.name}']
    const pods = (await scene.tools.kubectl(hangzhou.cluster, words)).split(' ').filter(Boolean)
    const seen = await scene.wait('answers from both pods of reviews v1', 30, async () => {
      const { servedBy } = loads[places.indexOf(hangzhou)]!.summary()
      const serving = pods.filter(pod => servedBy[pod] !== undefined)
      return serving.length >= 2
        ? { done: true, value: serving }
        : { done: false, seen: `${serving.length} of ${pods.length}` }
    })
    return { ok: true, observed: `${seen.length} pods of reviews v1 serve requests` }
  })
  await scene.controls.resumeApi(shanghai.cluster)
  const summaries = await Promise.all(loads.map(load => load.stop()))
  await scene.check(
    'the control plane lost while an API was away',
    'no request failed at either gateway',
    async () => ({
      ok: summaries.every(summary => summary.failed === 0 && summary.sent > 0),
      observed: await describeLoads(scene, summaries),
    }),
  )
}

/** A proxy that comes again may have its old stream for a moment: each counts once. */
function proxiesOf(place: Place, list: readonly { id: string; cluster: string }[]): number {
  return new Set(list.filter(proxy => proxy.cluster === place.cluster).map(proxy => proxy.id)).size
}

async function describeLoads(scene: Scene, summaries: readonly Summary[]): Promise<string> {
  const said = places.map(async (place, index) => {
    const summary = summaries[index]!
    return `${place.cluster} ${describeLoad(summary)}${await failuresAt(scene, place, summary)}`
  })
  return (await Promise.all(said)).join('; ')
}

async function connectionCut(scene: Scene): Promise<void> {
  scene.narrator.say('The connection between the regions is cut.')
  const words = ['get', 'transitrouterpeerattachment', peerAttachment, '-o', 'json']
  const { apiVersion, kind, metadata, spec } = JSON.parse(await scene.tools.kubectl('cloud', words, { show: false }))
  const loads = await Promise.all(places.map(place => pageLoad(scene, place, 20)))
  await scene.tools.kubectl('cloud', `delete transitrouterpeerattachment ${peerAttachment}`)
  await scene.check('the inter-region connection is cut', 'each region serves its own', async () => {
    const alone = async (place: Place) => {
      const url = `${await scene.gateway(place)}/productpage`
      return scene.wait(`${place.region} serving its own`, 45, async () => {
        const pages = []
        for (let index = 0; index < 10; index++) pages.push(await getPage(url))
        const own = pages.filter(
          page =>
            page.status === 200 && page.servedBy.length > 1 && page.servedBy.every(by => by.region === place.region),
        )
        return own.length === 10
          ? { done: true, value: own.length }
          : { done: false, seen: `${own.length} of 10 pages its own` }
      })
    }
    await Promise.all(places.map(alone))
    // Long enough to meet every limit there is: connections that were open across the cut stay silent.
    await scene.wait('five more seconds of load', 30, async () => {
      const sent = Math.min(...loads.map(load => load.summary().sent))
      return when(sent >= 150, `${sent} requests`)
    })
    return { ok: true, observed: '10 of 10 pages of each gateway wholly from its own region' }
  })
  const summaries = await Promise.all(loads.map(load => load.stop()))
  await scene.check('requests meanwhile', 'no request failed at either gateway', async () => ({
    ok: summaries.every(summary => summary.failed === 0 && summary.sent > 0),
    observed: await describeLoads(scene, summaries),
  }))
  const again = { apiVersion, kind, metadata: { name: metadata.name }, spec }
  await scene.tools.kubectl('cloud', 'apply -f -', { input: JSON.stringify(again) })
}

async function regionLost(scene: Scene): Promise<void> {
  const urls = { here: await scene.health(hangzhou), there: await scene.health(shanghai) }
  const answering = async (url: string) => (await getPage(url, 3000)).status === 200
  await scene.check("each gateway's health URL", '200 at both', async () => {
    const both = [await answering(urls.here), await answering(urls.there)]
    return {
      ok: both.every(Boolean),
      observed: both.map((ok, index) => `${places[index]!.region} ${ok ? '200' : 'no 200'}`).join(', '),
    }
  })
  const load = await pageLoad(scene, shanghai, 20)
  scene.narrator.say("The power of all of Hangzhou's nodes is cut.")
  const names = ['get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}']
  const nodes = (await scene.tools.kubectl(hangzhou.cluster, names)).split(' ').filter(Boolean)
  await Promise.all(nodes.map(node => scene.controls.powerOff(node)))
  await scene.check("Hangzhou's health URL", "it stops answering, Shanghai's goes on", async () => {
    await scene.wait('the end of it', 30, async () => when(!(await answering(urls.here)), 'it answers'))
    const there = await answering(urls.there)
    return { ok: there, observed: `Hangzhou no longer answers, Shanghai ${there ? 'does' : 'does not either'}` }
  })
  await scene.check("all of Hangzhou's nodes gone", "Shanghai's gateway serves, no request fails", async () => {
    await scene.wait('200 more answers', 30, async () => {
      const { sent } = load.summary()
      return sent >= 200 ? { done: true, value: sent } : { done: false, seen: `${sent} requests` }
    })
    const summary = await load.stop()
    return {
      ok: summary.failed === 0,
      observed: `${describeLoad(summary)}${await failuresAt(scene, shanghai, summary)}`,
    }
  })
}
