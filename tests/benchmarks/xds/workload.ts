import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Type } from './client/names.ts'

/* A mesh in Istio's YAML: services in three regions, a DestinationRule each, VirtualServices for some, all HTTP on one port. */

const namespace = 'shop'
const host = (name: string, inside = namespace) => `${name}.${inside}.svc.cluster.local`
export const localities = ['us-east/zone-1/a', 'us-west/zone-1/a', 'eu/zone-1/a'] as const

export interface Size {
  readonly services: number
  readonly endpoints: number
  readonly virtualServices: number
}

/** A kind of change: the file it rewrites, and what of a response says that a client has it. */
export interface Kind {
  readonly name: string
  readonly type: Type
  /** The file's text; `n` is a number from 0 to 255, or what stands for one in a template. */
  readonly text: (n: number | string) => string
  readonly marker: (n: number | string) => string
}

export function writeWorkload(directory: string, size: Size): void {
  const objects: string[] = []
  for (let i = 0; i < size.services; i++) {
    const endpoints = Array.from({ length: size.endpoints }, (_, e) => {
      const address = `127.${1 + (i >> 8)}.${i & 255}.${e + 1}`
      return [address, localities[e % localities.length]!] as const
    })
    objects.push(service(`svc-${i}`, `240.${i >> 8}.${i & 255}.1`, endpoints), rule(`svc-${i}`))
    if (i < size.virtualServices) objects.push(virtualService(`svc-${i}`, `svc-${(i + 1) % size.services}`, '/other'))
  }
  writeFileSync(join(directory, 'mesh.yaml'), objects.join('---\n'))
  for (const kind of [...kinds(size), churn]) writeChange(directory, kind, 0)
}

/**
 * Many services of which a sidecar sees few: each namespace has as many, and a Sidecar resource that shows it only its own.
 * The changing objects are in the first namespace.
 */
export function writeScopedWorkload(directory: string, size: { readonly namespaces: number; readonly each: number }) {
  for (let n = 0; n < size.namespaces; n++) {
    const inside = namespaceOf(n)
    const objects = [`${meta('Sidecar', 'default', inside)}  egress: [{hosts: ["./*"]}]\n`]
    for (let i = 0; i < size.each; i++) {
      const at = n * size.each + i
      const endpoints = Array.from({ length: 10 }, (_, e) => {
        const address = `127.${1 + (at >> 8)}.${at & 255}.${e + 1}`
        return [address, localities[e % localities.length]!] as const
      })
      objects.push(service(`svc-${i}`, `240.${at >> 8}.${at & 255}.1`, endpoints, inside))
    }
    writeFileSync(join(directory, `${inside}.yaml`), objects.join('---\n'))
  }
}

/** The first is the one that everything is in where nothing is scoped. */
export function namespaceOf(n: number): string {
  return n === 0 ? namespace : `${namespace}-${n}`
}

/** Another service's endpoint, for changes that go on meanwhile. */
export const churn: Pick<Kind, 'name' | 'text'> = {
  name: 'churn',
  text: n => service('zz-churn', '240.200.0.9', [[`127.242.0.${n}`, localities[0]]]),
}

/** Renamed into place, so that a reader sees it whole. */
export function writeChange(directory: string, kind: Pick<Kind, 'name' | 'text'>, n: number | string): void {
  const file = join(directory, `.${kind.name}.tmp`)
  writeFileSync(file, kind.text(n))
  renameSync(file, fileOf(directory, kind.name))
}

export function fileOf(directory: string, kind: string): string {
  return join(directory, `zz-${kind}.yaml`)
}

/** Where a change is posted to a server that takes no files: its kind in the path, what tells of it in the query. */
export function postUrl(port: number, kind: Kind, n: number | string): string {
  const url = new URL(`http://127.0.0.1:${port}/${kind.name}`)
  url.searchParams.set('marker', kind.marker(n))
  return url.href
}

export function kinds(size: Size): readonly Kind[] {
  const last = `svc-${size.services - 1}`
  const here = (address: string) => [[address, localities[0]] as const]
  return [
    {
      name: 'endpoint',
      type: 'endpoint',
      text: n => service('zz-endpoint', '240.200.0.1', here(address(n))),
      marker: address,
    },
    {
      name: 'virtualservice',
      type: 'route',
      text: n => virtualService(last, last, `/marker-${n}-`),
      marker: n => `/marker-${n}-`,
    },
    {
      name: 'destinationrule',
      type: 'cluster',
      text: n =>
        `${service('zz-rule', '240.200.0.2', here('127.240.2.1'))}---\n${rule('zz-rule')}  subsets: [{name: rev${n}, labels: {version: v1}}]\n`,
      marker: n => `|rev${n}|`,
    },
    {
      name: 'new-service',
      type: 'cluster',
      text: n => service(`zz-new-${n}`, '240.200.0.3', here('127.240.3.1')),
      marker: n => `zz-new-${n}.`,
    },
  ]
}

function address(n: number | string): string {
  return `127.241.0.${n}`
}

function meta(kind: string, name: string, inside = namespace): string {
  return `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${inside}}\nspec:\n`
}

function service(
  name: string,
  virtual: string,
  endpoints: readonly (readonly [string, string])[],
  inside = namespace,
): string {
  const lines = endpoints.map(([a, locality]) => `  - {address: ${a}, locality: ${locality}, labels: {version: v1}}\n`)
  return `${meta('ServiceEntry', name, inside)}  hosts: [${host(name, inside)}]
  addresses: [${virtual}]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 8080, name: http, protocol: HTTP}]
  endpoints:
${lines.join('')}`
}

function rule(name: string): string {
  return `${meta('DestinationRule', name)}  host: ${host(name)}
  trafficPolicy:
    outlierDetection: {consecutive5xxErrors: 5, interval: 10s}
    loadBalancer: {simple: ROUND_ROBIN, localityLbSetting: {failover: [{from: us-east, to: us-west}]}}
`
}

function virtualService(name: string, other: string, prefix: string): string {
  return `${meta('VirtualService', name)}  hosts: [${host(name)}]
  http:
  - match: [{uri: {prefix: ${prefix}}}]
    route: [{destination: {host: ${host(other)}}}]
  - route: [{destination: {host: ${host(name)}}}]
`
}
