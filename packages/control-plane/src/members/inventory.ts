import type { Condition, KubeClient, KubeObject } from '@isthmus/kubernetes'

/**
 * The network as resources, where somebody offers them: kinds of group cloud.isthmus.dev/v1alpha1, named as the cloud
 * names them. Read only, and only to say why a cluster cannot be reached; what can be reached is measured.
 */
export interface InventoryObject extends KubeObject {
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own fields, and what a cloud sends is unchecked
  spec: any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  status?: { conditions?: Condition[]; [field: string]: any }
}

export interface NetworkInventory {
  /** Everything of the kinds below, as it is now. */
  objects(signal?: AbortSignal): Promise<readonly InventoryObject[]>
}

const inventoryApiVersion = 'cloud.isthmus.dev/v1alpha1'

const inventoryKinds = [
  'VPC',
  'VSwitch',
  'CenInstance',
  'TransitRouter',
  'TransitRouterVpcAttachment',
  'TransitRouterPeerAttachment',
  'SecurityGroup',
  'ManagedCluster',
  'MeshInstance',
] as const

export type InventoryKind = (typeof inventoryKinds)[number]

/** The inventory of an API that serves these kinds. */
export function kubernetesInventory(client: KubeClient): NetworkInventory {
  return {
    async objects(signal) {
      const lists = await Promise.all(
        inventoryKinds.map(kind =>
          client.list<InventoryObject>({ apiVersion: inventoryApiVersion, kind }, { signal, timeoutMs: 5_000 }),
        ),
      )
      return lists.flat()
    },
  }
}
