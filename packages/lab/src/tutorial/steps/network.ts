import type { Scene, Step } from '../scene.ts'
import { when } from '../wait.ts'
import { hangzhou, type Place, places, shanghai } from '../world.ts'

const image = 'docker.io/isthmus/http-echo:latest'

/** Step 1: two regions joined by CEN, and the rules without which their pods do not reach each other. */
export const network: Step = {
  number: 1,
  title: 'Two regions, two clusters, one network',
  async run(scene) {
    await scene.tools.kubectl(
      'cloud',
      'get vpc,vswitch,transitrouter,transitrouterpeerattachment,managedcluster,meshinstance',
      { lines: 30 },
    )
    await scene.check('nodes', '2 ready in cn-hangzhou, 2 ready in cn-shanghai', () => nodes(scene))

    await Promise.all(places.map(place => run(scene, place)))
    const addresses = await Promise.all(places.map(place => podAddress(scene, place)))
    const address = (place: Place) => addresses[places.indexOf(place)]!

    scene.narrator.say("The security groups let nobody in yet but the mesh's VPC to the clusters' API endpoints.")
    await scene.check("ping to the peer cluster's pods before the rules", 'no answer in either direction', async () => {
      const answered = await Promise.all([
        ping(scene, hangzhou, address(shanghai)),
        ping(scene, shanghai, address(hangzhou)),
      ])
      return { ok: answered.every(one => !one), observed: directions(answered) }
    })
    await letIn(scene, hangzhou, shanghai)
    await letIn(scene, shanghai, hangzhou)
    await scene.check("ping to the peer cluster's pods after the rules", 'an answer in both directions', async () => {
      const answered = await Promise.all([
        answers(scene, hangzhou, address(shanghai)),
        answers(scene, shanghai, address(hangzhou)),
      ])
      return { ok: answered.every(Boolean), observed: directions(answered) }
    })
    await Promise.all(
      places.map(place => scene.tools.kubectl(place.cluster, 'delete pod ping --now --wait=false', { show: false })),
    )
  },
}

/** A new cluster's controllers take a moment to give its namespaces their service account. */
async function run(scene: Scene, place: Place): Promise<void> {
  await scene.wait(`${place.cluster}'s service account`, 30, async () =>
    when(
      (await scene.tools.tryKubectl(place.cluster, 'get serviceaccount default', { show: false })).code === 0,
      'none',
    ),
  )
  await scene.tools.kubectl(place.cluster, `run ping --image=${image}`, { show: 'whole' })
}

interface Node {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> }
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] }
}

async function nodes(scene: Scene) {
  const seen = await Promise.all(
    places.map(async place => {
      await scene.tools.kubectl(
        place.cluster,
        'get nodes -L topology.kubernetes.io/region,topology.kubernetes.io/zone',
        {
          show: 'whole',
        },
      )
      const list = JSON.parse(await scene.tools.kubectl(place.cluster, 'get nodes -o json', { show: false })) as {
        items: Node[]
      }
      const ready = list.items.filter(
        node =>
          node.metadata.labels['topology.kubernetes.io/region'] === place.region &&
          node.status.conditions.some(condition => condition.type === 'Ready' && condition.status === 'True'),
      )
      return { place, ready: ready.length }
    }),
  )
  return {
    ok: seen.every(one => one.ready === 2),
    observed: seen.map(one => `${one.ready} ready in ${one.place.region}`).join(', '),
  }
}

async function podAddress(scene: Scene, place: Place): Promise<string> {
  return scene.wait(`the pod "ping" of ${place.cluster}`, 60, async () => {
    const words = ['get', 'pod', 'ping', '-o', 'jsonpath={.status.phase} {.status.podIP}']
    const [phase = '', ip = ''] = (await scene.tools.kubectl(place.cluster, words, { show: false })).split(' ')
    return phase === 'Running' && ip ? { done: true, value: ip } : { done: false, seen: phase }
  })
}

async function ping(scene: Scene, from: Place, address: string, show = true): Promise<boolean> {
  const { code } = await scene.tools.tryKubectl(from.cluster, `exec ping -- ping -c 1 -W 2 ${address}`, {
    show,
    lines: 4,
  })
  return code === 0
}

/** The rule takes hold a moment after it is written. */
async function answers(scene: Scene, from: Place, address: string): Promise<boolean> {
  const look = async () => when(await ping(scene, from, address, false), 'no answer')
  return scene.wait(`an answer to ${from.cluster}`, 20, look).then(
    () => ping(scene, from, address),
    () => false,
  )
}

async function letIn(scene: Scene, to: Place, from: Place): Promise<void> {
  const rule = {
    op: 'add',
    path: '/spec/inbound/-',
    value: { protocol: 'All', source: from.podCIDR, description: `pods of ${from.cluster}` },
  }
  await scene.tools.kubectl('cloud', [
    'patch',
    'securitygroup',
    to.securityGroup,
    '--type=json',
    '-p',
    JSON.stringify([rule]),
  ])
}

function directions([there, back]: readonly (boolean | undefined)[]): string {
  if (there && back) return 'an answer in both directions'
  if (!there && !back) return 'no answer in either direction'
  return `an answer only from ${there ? hangzhou.cluster : shanghai.cluster}`
}
