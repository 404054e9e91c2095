import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gatewayRowsOf } from '../../src/api/views/gateways.ts'
import type { IstioGateway } from '../../src/gateways/spec.ts'
import type { Mesh } from '../../src/model/index.ts'

const mesh = { gateways: [], virtualServices: [] } as unknown as Mesh

function urls(ports: readonly number[] | undefined) {
  const gateway = {
    apiVersion: 'istio.alibabacloud.com/v1beta1',
    kind: 'IstioGateway',
    metadata: { name: 'ingressgateway', namespace: 'istio-system' },
    spec: {
      ports: [
        { port: 80, protocol: 'HTTP' },
        { port: 443, protocol: 'HTTPS' },
      ],
    },
    status: { addresses: [{ cluster: 'a', region: 'r', address: '127.1.0.1', ports, readyReplicas: 1 }] },
  } as unknown as IstioGateway
  const [row] = gatewayRowsOf({ mesh, gateways: [gateway], sent: [], now: 0 })
  return row?.places[0]?.ports.map(port => port.url)
}

test('an address has the port that its load balancer gave, beside the one for health', () => {
  assert.deepEqual(urls([15021, 80, 443]), ['http://127.1.0.1/', 'https://127.1.0.1/'])
  assert.deepEqual(urls([33591, 37757, 39091]), ['http://127.1.0.1:37757/', 'https://127.1.0.1:39091/'])
  assert.deepEqual(urls(undefined), ['http://127.1.0.1/', 'https://127.1.0.1/'])
})
