import { IsthmusError } from '@isthmus/errors'
import type { ProxyNode } from '../model/index.ts'

/** Who a token says its holder is. */
export interface Identity {
  readonly cluster: string
  readonly namespace: string
  /** '' for a token that is not bound to a pod. */
  readonly pod: string
  readonly serviceAccount: string
}

function identityText(i: Identity): string {
  return `${i.cluster}/${i.namespace}/${i.pod || '*'} (service account ${i.serviceAccount})`
}

/** A proxy may only be who its token says. Throws ISM3103 naming what differs. */
export function checkPeer(
  identity: Identity,
  node: Pick<ProxyNode, 'cluster' | 'namespace' | 'pod' | 'serviceAccount'>,
): void {
  const claims: readonly [string, string, string][] = [
    ['cluster', node.cluster, identity.cluster],
    ['namespace', node.namespace, identity.namespace],
    ['pod', node.pod, identity.pod],
    ['service account', node.serviceAccount || identity.serviceAccount, identity.serviceAccount],
  ]
  for (const [what, said, proven] of claims)
    if (said !== proven)
      throw new IsthmusError('ISM3103', `the node says ${what} "${said}", the token is of ${identityText(identity)}`)
}
