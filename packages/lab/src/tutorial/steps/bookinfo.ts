import { countPages, getPages } from '../pages.ts'
import type { Scene, Step } from '../scene.ts'
import { when } from '../wait.ts'
import { hangzhou, manifests, type Place, places } from '../world.ts'

const deployments = ['productpage-v1', 'details-v1', 'ratings-v1', 'reviews-v1', 'reviews-v2', 'reviews-v3']

/** Step 3: a gateway in each cluster, Bookinfo in both, the tutorial's routing. */
export const bookinfo: Step = {
  number: 3,
  title: 'A gateway and Bookinfo in both clusters',
  async run(scene) {
    const { tools } = scene
    await tools.kubectl('mesh', `apply -f ${manifests.gateway}`)
    await Promise.all(
      places.map(async place => {
        await tools.kubectl(place.cluster, 'label namespace default istio-injection=enabled --overwrite', {
          show: 'whole',
        })
        await tools.kubectl(place.cluster, `apply -f ${manifests.bookinfo}`, { show: 'whole', lines: 4 })
      }),
    )
    await tools.kubectl('mesh', `apply -f ${manifests.routing}`, { lines: 8 })
    await scene.check('Bookinfo in both clusters', 'every pod ready, with its sidecar', async () => {
      const seen = await Promise.all(places.map(place => rolledOut(scene, place)))
      const pods = seen.flat()
      const ready = pods.filter(pod => pod.ready && pod.sidecar).length
      return {
        ok: ready === places.length * deployments.length,
        observed: `${ready} of ${pods.length} pods ready, with their sidecar`,
      }
    })
    for (const place of places) {
      await scene.check(`${place.cluster}'s gateway`, 'it serves the page', async () => {
        const base = await scene.gateway(place)
        scene.narrator.command(`curl -s -o /dev/null -w '%{http_code}' ${base}/productpage`)
        await scene.wait(`the page at ${base}`, 60, async () => {
          const count = countPages(await getPages(`${base}/productpage`, 2))
          return when(count.failed === 0, `${count.failed} of ${count.requests} failed`)
        })
        return { ok: true, observed: `200 at ${base}/productpage` }
      })
    }
    await scene.check('versions of reviews', '300 requests spread over v1, v2 and v3, about 1:1:1', async () => {
      const url = `${await scene.gateway(hangzhou)}/productpage`
      await everyPodServes(scene, url)
      // One after another, as a person refreshes: with several under way the balancer takes the less busy of two pods.
      const { versions, failed } = countPages(await getPages(url, 300))
      const { v1, v2, v3 } = versions
      // Each pod is as likely as another: 100 each on average, 8 more or less (one standard deviation). Five of them are
      // left to chance; a pod that gets nothing, or twice its part, is beyond.
      const even = [v1, v2, v3].every(pages => pages >= 59 && pages <= 141)
      return { ok: even && failed === 0, observed: `v1 ${v1}, v2 ${v2}, v3 ${v3}, ${failed} failed` }
    })
  },
}

/**
 * Waits until each pod of reviews, in both regions, had a part in some page: that a Deployment is rolled out does not say
 * that Kubernetes has written the pod into its endpoint slice, nor that the mesh has sent it to every sidecar.
 */
async function everyPodServes(scene: Scene, url: string): Promise<void> {
  const words = ['get', 'pods', '-l', 'app=reviews', '-o', 'jsonpath={.items[*].metadata.name}']
  const lists = await Promise.all(places.map(place => scene.tools.kubectl(place.cluster, words, { show: false })))
  const pods = lists.flatMap(list => list.split(' ')).filter(Boolean)
  const serving = new Set<string>()
  await scene.wait('pages from each pod of reviews', 60, async () => {
    for (const { servedBy } of await getPages(url, 10)) for (const { pod } of servedBy) serving.add(pod)
    const seen = pods.filter(pod => serving.has(pod)).length
    return when(seen === pods.length, `${seen} of ${pods.length}`)
  })
}

interface PodSeen {
  readonly ready: boolean
  readonly sidecar: boolean
}

async function rolledOut(scene: Scene, place: Place): Promise<PodSeen[]> {
  await Promise.all(
    deployments.map(name =>
      scene.tools.kubectl(place.cluster, `rollout status deployment/${name} --timeout=120s`, {
        show: false,
        timeoutSeconds: 150,
      }),
    ),
  )
  await scene.tools.kubectl(place.cluster, 'get pods', { show: 'whole', lines: 20 })
  const list = JSON.parse(await scene.tools.kubectl(place.cluster, 'get pods -l app -o json', { show: false })) as {
    items: {
      spec: { initContainers?: { name: string }[]; containers: { name: string }[] }
      status: { conditions?: { type: string; status: string }[] }
    }[]
  }
  return list.items.map(({ spec, status }) => ({
    ready: status.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false,
    sidecar: [...(spec.initContainers ?? []), ...spec.containers].some(container => container.name === 'istio-proxy'),
  }))
}
