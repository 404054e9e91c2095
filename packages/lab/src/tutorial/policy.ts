import type { Scene } from './scene.ts'
import { hangzhou, shanghai } from './world.ts'

/** The regional policy, as the commands set it mesh-wide. */
export async function failoverOn(scene: Scene): Promise<void> {
  await scene.tools.isthmus(`region failover set ${hangzhou.region} ${shanghai.region}`)
  await scene.tools.isthmus(`region failover set ${shanghai.region} ${hangzhou.region}`)
}

export async function failoverOff(scene: Scene): Promise<void> {
  await scene.tools.isthmus('region failover unset')
}

export async function distributionOn(scene: Scene): Promise<void> {
  await scene.tools.isthmus(`region distribution set ${hangzhou.region} ${shanghai.region}=10`)
}
