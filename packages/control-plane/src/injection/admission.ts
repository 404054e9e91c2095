import { IsthmusError } from '@isthmus/errors'
import type { Pod } from '@isthmus/kubernetes'
import { podPatch } from './patch.ts'
import { decideInjection } from './rules.ts'
import type { ProxySettings } from './settings.ts'
import { injectSidecar } from './sidecar.ts'

/** admission.k8s.io/v1 AdmissionReview, as far as it is used. */
export interface AdmissionReview {
  readonly apiVersion: string
  readonly kind: string
  readonly request?: {
    readonly uid: string
    readonly namespace?: string
    readonly kind?: { readonly kind: string }
    readonly object?: Pod
  }
}

export interface AdmissionAnswer {
  readonly apiVersion: 'admission.k8s.io/v1'
  readonly kind: 'AdmissionReview'
  readonly response: {
    readonly uid: string
    readonly allowed: boolean
    readonly patchType?: 'JSONPatch'
    /** Base64. */
    readonly patch?: string
    readonly status?: { readonly message: string; readonly code: number }
    readonly warnings?: readonly string[]
  }
}

/** Answers one review: a patch, nothing to do, or a refusal that says what is wrong with the pod. Pure. */
export function reviewPod(review: AdmissionReview, settings: ProxySettings): AdmissionAnswer {
  const uid = review.request?.uid ?? ''
  const pod = review.request?.object
  if (!pod?.spec || review.request?.kind?.kind !== 'Pod') return answer({ uid, allowed: true })
  const namespace = review.request.namespace || pod.metadata.namespace || 'default'
  if (!decideInjection(pod, namespace).inject) return answer({ uid, allowed: true })
  try {
    const patch = podPatch(pod, injectSidecar(pod, namespace, settings))
    return answer({
      uid,
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
    })
  } catch (error) {
    if (!(error instanceof IsthmusError)) throw error
    return answer({ uid, allowed: false, status: { message: error.text, code: 400 } })
  }
}

function answer(response: AdmissionAnswer['response']): AdmissionAnswer {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }
}
