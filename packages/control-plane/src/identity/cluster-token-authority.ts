import type { KubeClient } from '@isthmus/kubernetes'
import type { JSONWebKeySet } from 'jose'
import type { ReviewedToken, TokenAuthority } from './cluster-keys.ts'

/** A member cluster's API as the authority over its pods' tokens. */
export function clusterTokenAuthority(client: KubeClient): TokenAuthority {
  return {
    keys: signal => client.json<JSONWebKeySet>({ path: '/openid/v1/jwks', accept: 'application/jwk-set+json', signal }),
    async review(token, audiences, signal): Promise<ReviewedToken | undefined> {
      const { status } = await client.json<{ status?: TokenReviewStatus }>({
        method: 'POST',
        path: '/apis/authentication.k8s.io/v1/tokenreviews',
        body: JSON.stringify({
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenReview',
          spec: { token, audiences },
        }),
        signal,
      })
      if (!status?.authenticated || !audiences.some(a => status.audiences?.includes(a))) return undefined
      return {
        username: status.user?.username ?? '',
        pod: status.user?.extra?.['authentication.kubernetes.io/pod-name']?.[0] ?? '',
      }
    },
  }
}

interface TokenReviewStatus {
  readonly authenticated?: boolean
  readonly audiences?: readonly string[]
  readonly user?: { readonly username?: string; readonly extra?: Readonly<Record<string, readonly string[]>> }
}
