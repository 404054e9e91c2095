import { hostname } from 'node:os'

/** Who answers: known from the downward API where the manifest gives it, else from the host's name. */
export interface Identity {
  readonly service: string
  readonly version: string
  readonly pod: string
  readonly region?: string
  readonly cluster?: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** `version` is what the image says unless `SERVICE_VERSION` says otherwise. */
export function identity(service: string, env: Environment = process.env): Identity {
  return {
    service,
    version: env.SERVICE_VERSION || 'v1',
    pod: env.POD_NAME || env.HOSTNAME || hostname(),
    region: env.REGION || undefined,
    cluster: env.CLUSTER_NAME || undefined,
  }
}

/** `POD; region=REGION`: one member of the `x-served-by` list. */
export function servedBy(who: Identity): string {
  return who.region ? `${who.pod}; region=${who.region}` : who.pod
}

/** Who answered, read back from an `x-served-by` list: in the order of the calls, the first being the one that was asked. */
export function parseServedBy(header: string | undefined): { pod: string; region?: string }[] {
  if (!header) return []
  return header
    .split(',')
    .map(member => member.trim())
    .filter(Boolean)
    .map(member => {
      const [pod = '', ...parameters] = member.split(';').map(part => part.trim())
      const region = parameters.find(parameter => parameter.startsWith('region='))?.slice('region='.length)
      return region ? { pod, region } : { pod }
    })
}
