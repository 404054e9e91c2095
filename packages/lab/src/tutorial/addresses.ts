import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import type { Scene } from './scene.ts'
import { places } from './world.ts'

/** What a reader who goes on by hand needs to know, one line each. */
export async function whereThingsAre(
  scene: Scene,
  kubeconfig: string,
  withGateways: boolean,
): Promise<readonly string[]> {
  const lines: string[] = []
  if (withGateways) {
    for (const place of places) {
      lines.push(
        `gateway of ${place.cluster}: ${await scene.gateway(place)}/productpage   health: ${await scene.health(place)}`,
      )
    }
  }
  const { contexts = [], clusters = [] } = parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig
  for (const { name, context } of contexts) {
    const server = clusters.find(cluster => cluster.name === context.cluster)?.cluster.server
    lines.push(`API of ${name}: ${server}   kubectl --context ${name}`)
  }
  return lines
}

interface Kubeconfig {
  readonly contexts?: readonly { readonly name: string; readonly context: { readonly cluster: string } }[]
  readonly clusters?: readonly { readonly name: string; readonly cluster: { readonly server: string } }[]
}
