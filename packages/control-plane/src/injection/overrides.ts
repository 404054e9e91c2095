import { IsthmusError } from '@isthmus/errors'
import type { Pod } from '@isthmus/kubernetes'
import { parse } from 'yaml'
import { defaultProcessOptions, type ProcessOptions } from '../bootstrap/index.ts'

/** What a pod's annotations change about its sidecar. */
export interface SidecarOverrides {
  readonly process: ProcessOptions
  readonly image?: string
  readonly resources: { limits: Record<string, string>; requests: Record<string, string> }
  /** Seconds the application goes on serving after the pod is deleted, while its clients learn of it. */
  readonly pauseSeconds: number
}

/** Seconds; long enough for an endpoint's removal to reach every proxy, also in another region. */
const defaultPause = 3
const pauseAnnotation = 'isthmus.dev/stop-pause-seconds'

/** Istio's annotations `proxy.istio.io/config` and `sidecar.istio.io/…`, and ours. Throws ISM4030. */
export function sidecarOverrides(pod: Pod): SidecarOverrides {
  const a = pod.metadata.annotations ?? {}
  const config = proxyConfig(a['proxy.istio.io/config'])
  const concurrency = whole('proxy.istio.io/config concurrency', config.concurrency, defaultProcessOptions.concurrency)
  return {
    process: {
      ...defaultProcessOptions,
      // Istio's 0 is "as many as there are CPUs", Envoy's own default; here it stays one, so that shares are exact.
      concurrency: concurrency || defaultProcessOptions.concurrency,
      logLevel: a['sidecar.istio.io/logLevel'] ?? defaultProcessOptions.logLevel,
    },
    image: a['sidecar.istio.io/proxyImage'],
    resources: {
      requests: {
        cpu: a['sidecar.istio.io/proxyCPU'] ?? '100m',
        memory: a['sidecar.istio.io/proxyMemory'] ?? '128Mi',
      },
      limits: {
        cpu: a['sidecar.istio.io/proxyCPULimit'] ?? '2',
        memory: a['sidecar.istio.io/proxyMemoryLimit'] ?? '1Gi',
      },
    },
    pauseSeconds: whole(pauseAnnotation, a[pauseAnnotation], defaultPause),
  }
}

function proxyConfig(text: string | undefined): Record<string, unknown> {
  if (!text) return {}
  try {
    const value: unknown = parse(text)
    if (value && typeof value === 'object') return value as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw new IsthmusError('ISM4030', 'proxy.istio.io/config is not a YAML mapping')
}

function whole(name: string, value: unknown, otherwise: number): number {
  if (value === undefined || value === '') return otherwise
  const number = Number(value)
  if (!Number.isInteger(number) || number < 0)
    throw new IsthmusError('ISM4030', `${name}: "${value}" is not a whole number`)
  return number
}
