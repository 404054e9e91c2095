import assert from 'node:assert/strict'
import { hangzhou } from '@isthmus/lab/tutorial/world.ts'
import { picture, silent } from '../browser.ts'
import type { Stage } from '../stage.ts'

/* Kubernetes takes no name with markup, so it stands wherever else others' words come in. */

const markup = `<img src=x onerror="window.broken=1"><script>window.broken=1</script>`
const longest = 'a'.repeat(253)

const objects = [
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: longest, namespace: 'default', annotations: { note: markup } },
    spec: {
      hosts: ['details'],
      http: [
        {
          match: [{ headers: { 'x-note': { exact: markup } } }],
          route: [{ destination: { host: 'nowhere-<b>bold</b>' } }],
          headers: { request: { set: { 'x-note': markup } } },
        },
        { route: [{ destination: { host: 'details' } }] },
      ],
    },
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'outside', namespace: 'default' },
    spec: {
      hosts: [`${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.example`],
      ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }],
      resolution: 'DNS',
    },
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'odd', namespace: 'default' },
    spec: { host: 'details', subsets: [{ name: '<i>subset</i>', labels: { version: 'v1' } }] },
  },
]

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p'.repeat(63), namespace: 'default', annotations: { note: markup } },
  spec: {
    containers: [{ name: 'echo', image: `nowhere.invalid/${'i'.repeat(100)}:latest` }],
  },
}

const looks = [
  '/',
  '/rules',
  `/rules/VirtualService/default/${longest}`,
  '/rules/DestinationRule/default/odd',
  '/rules/ServiceEntry/default/outside',
  '/services',
  '/services/details.default.svc.cluster.local',
  `/clusters/${hangzhou.cluster}?tab=pods`,
  '/gateways',
  '/events',
  // What stands in an address is words, too.
  `/services?search=${encodeURIComponent(markup)}`,
  `/services/${encodeURIComponent(markup)}`,
  `/events?service=${encodeURIComponent(markup)}`,
  `/regional-traffic?service=${encodeURIComponent(markup)}`,
]

/** Others' words are words: none of it becomes an element or runs, on any page. */
export async function isText(stage: Stage): Promise<void> {
  const { page } = stage
  // What the API server or an admission would refuse does not have to be shown.
  for (const object of objects)
    await stage.scene.tools.tryKubectl('mesh', 'apply -f -', { show: false, input: JSON.stringify(object) })
  await stage.kubectl(hangzhou.cluster, 'apply -f -', { input: JSON.stringify(pod) })
  assert.match(await stage.kubectl('mesh', 'get virtualservices -o name'), /a{253}/)
  for (const look of looks) {
    await stage.go(look)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.waitForLoadState('load')
    await page.waitForTimeout(700)
    const found = await page.evaluate(
      `[window.broken ?? 0, document.querySelectorAll('#root img[src=x], #root b b, #root i').length,
        document.querySelectorAll('body script:not([src])').length, document.querySelectorAll('iframe').length]`,
    )
    assert.deepEqual(found, [0, 0, 0, 0], look)
    const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    assert.ok(Number(wide) <= 0, `${look} is ${wide} px wider than the window`)
  }
  await stage.go(looks[2] as string)
  await page.locator('.cm-content').getByText('onerror=', { exact: false }).first().waitFor()
  await picture(page, 'markup-rule')
  for (const { kind, metadata } of objects)
    await stage.kubectl('mesh', `delete ${kind.toLowerCase()} ${metadata.name} --ignore-not-found`)
  await stage.kubectl(hangzhou.cluster, `delete pod ${pod.metadata.name} --now --wait=false`)
  silent(stage.admin, /404 \(Not Found\)|400 \(Bad Request\)/)
}
