import type { Scene } from '@isthmus/lab/tutorial/scene.ts'
import { breakPods, replacePods, rollout, scale } from '@isthmus/lab/tutorial/workloads.ts'
import { hangzhou } from '@isthmus/lab/tutorial/world.ts'

const deployment = 'reviews-v1'
const kubectl = (scene: Scene, words: string | readonly string[]) =>
  scene.tools.kubectl(hangzhou.cluster, words, { show: false })

/** A way for a region's pods to be lost. `strike` makes it so; `mend` makes it good again. */
export interface Fault {
  readonly name: string
  readonly unansweredAfter?: string
  strike(scene: Scene): Promise<void>
  mend(scene: Scene): Promise<void>
}

const replace = (scene: Scene) => replacePods(scene, hangzhou, deployment)

export const faults: readonly Fault[] = [
  {
    name: 'scaled to 0',
    strike: scene => scale(scene, hangzhou, [deployment], 0),
    async mend(scene) {
      await scale(scene, hangzhou, [deployment], 1)
      await rollout(scene, hangzhou, deployment)
    },
  },
  { name: 'answers 503', strike: scene => breakPods(scene, hangzhou, deployment, 'reviews', '503'), mend: replace },
  {
    name: 'never answers (unansweredAfter 500ms)',
    unansweredAfter: '500ms',
    strike: scene => breakPods(scene, hangzhou, deployment, 'reviews', 'hang'),
    mend: replace,
  },
  {
    name: 'drops packets (unansweredAfter 500ms)',
    unansweredAfter: '500ms',
    async strike(scene) {
      const pod = JSON.parse(await kubectl(scene, `get pods -l app=reviews,version=v1 -o json`)).items[0].metadata.name
      const rules =
        'add table ip drill; add chain ip drill in { type filter hook input priority -300; }; add rule ip drill in tcp dport 9080 drop'
      await scene.tools.isthmus(['lab', 'exec', `${hangzhou.cluster}/default/${pod}`, '--', 'nft', rules], {
        show: false,
      })
    },
    mend: replace,
  },
  {
    name: 'killed',
    async strike(scene) {
      await kubectl(scene, [
        'delete',
        'pods',
        '-l',
        'app=reviews,version=v1',
        '--grace-period=0',
        '--force',
        '--wait=false',
      ])
      await kubectl(scene, ['scale', `deployment/${deployment}`, '--replicas=0'])
    },
    async mend(scene) {
      await scale(scene, hangzhou, [deployment], 1)
      await rollout(scene, hangzhou, deployment)
    },
  },
]
