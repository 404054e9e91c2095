import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'

interface Resource {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> }
  // biome-ignore lint/suspicious/noExplicitAny: manifests are of many kinds
  readonly spec?: any
}

async function resources(file: string): Promise<Resource[]> {
  const text = await readFile(join(import.meta.dirname, '..', file), 'utf8')
  return parseAllDocuments(text).map(document => {
    assert.deepEqual(document.errors, [])
    return document.toJS() as Resource
  })
}

test('the manifest has the known names, labels, ports and images', async () => {
  const all = await resources('bookinfo.yaml')
  const of = (kind: string) => all.filter(resource => resource.kind === kind)
  assert.deepEqual(
    of('Service')
      .map(one => one.metadata.name)
      .sort(),
    ['details', 'productpage', 'ratings', 'reviews'],
  )
  assert.deepEqual(
    of('Deployment')
      .map(one => one.metadata.name)
      .sort(),
    ['details-v1', 'productpage-v1', 'ratings-v1', 'reviews-v1', 'reviews-v2', 'reviews-v3'],
  )
  for (const service of of('Service')) assert.deepEqual(service.spec.ports, [{ port: 9080, name: 'http' }])
  for (const deployment of of('Deployment')) {
    const { template } = deployment.spec
    const [app, version] = deployment.metadata.name.split('-')
    assert.deepEqual(template.metadata.labels, { app, version })
    assert.equal(template.spec.serviceAccountName, `bookinfo-${app}`)
    assert.match(template.spec.containers[0].image, new RegExp(`^docker.io/istio/examples-bookinfo-${app}-${version}:`))
    assert.equal(template.spec.containers[0].livenessProbe, undefined, 'a broken pod stays alive for the tutorial')
  }
})

test('the routing manifest has the gateway, the route and the subsets', async () => {
  const all = await resources('networking/asm.yaml')
  assert.deepEqual(
    all.map(one => `${one.kind}/${one.metadata.name}`),
    [
      'Gateway/bookinfo-gateway',
      'VirtualService/bookinfo',
      'DestinationRule/productpage',
      'DestinationRule/reviews',
      'DestinationRule/ratings',
      'DestinationRule/details',
    ],
  )
  assert.equal(
    (await resources('networking/reviews-outlier-detection.yaml'))[0]?.spec.trafficPolicy.outlierDetection.interval,
    '1s',
  )
  assert.equal((await resources('networking/ingress-gateway.yaml'))[0]?.kind, 'IstioGateway')
})
