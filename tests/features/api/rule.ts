import { stringify } from 'yaml'

/** A VirtualService `default/reviews` that sends all to a host. */
export function virtualService(host: string): string {
  return stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'reviews', namespace: 'default' },
    spec: { hosts: ['reviews'], http: [{ route: [{ destination: { host } }] }] },
  })
}
