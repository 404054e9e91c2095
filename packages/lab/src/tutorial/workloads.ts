import type { Scene } from './scene.ts'
import type { Place } from './world.ts'

/** `kubectl scale` of deployments of a cluster, as one command. */
export async function scale(
  scene: Scene,
  place: Place,
  deployments: readonly string[],
  replicas: number,
): Promise<void> {
  const names = deployments.map(name => `deployment/${name}`).join(' ')
  await scene.tools.kubectl(place.cluster, `scale ${names} --replicas=${replicas}`)
}

export async function rollout(scene: Scene, place: Place, deployment: string): Promise<void> {
  await scene.tools.kubectl(place.cluster, `rollout status deployment/${deployment} --timeout=90s`, { show: false })
}

/** Breaks the living pods of a deployment (`503`, `hang`), or mends them (`none`). */
export async function breakPods(
  scene: Scene,
  place: Place,
  deployment: string,
  container: string,
  fault: string,
): Promise<void> {
  await scene.tools.kubectl(place.cluster, `exec deployment/${deployment} -c ${container} -- fault ${fault}`, {
    lines: 2,
  })
}

/** Puts new pods in the place of a deployment's pods: what one does with pods that are broken. */
export async function replacePods(scene: Scene, place: Place, deployment: string): Promise<void> {
  await scene.tools.kubectl(place.cluster, `rollout restart deployment/${deployment}`)
  await rollout(scene, place, deployment)
}
