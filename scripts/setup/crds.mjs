import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cached, hashOf, isCached, pointAt } from './cache.mjs'
import { run } from './run.mjs'
import { needGo } from './tools.mjs'

const modules = {
  istio: { path: 'istio.io/api', version: 'v1.31.1', sum: 'h1:5Yb5ihcz4YQsCkciusK7DnFpBMwRB6EFWeUKH1Atuyk=' },
  gatewayApi: {
    path: 'sigs.k8s.io/gateway-api',
    version: 'v1.6.0',
    sum: 'h1:735YBRj5NXFrOGX0GoSjwzUIzbz8kiEOfADsqHFmHgE=',
  },
}

export const name = 'Istio and Gateway API definitions'

const folder = `crds-${hashOf(JSON.stringify(modules))}`

/** Throws when they can neither be had nor are there. */
export function check() {
  if (!isCached(folder)) needGo()
}

/** Puts `crds/istio.yaml` and `crds/gateway-api.yaml` into the cache; the mesh API serves them. */
export async function ensure() {
  const dir = await cached(folder, async beside => {
    const istio = await download(modules.istio)
    writeFileSync(
      join(beside, 'istio.yaml'),
      readFileSync(join(istio, 'kubernetes', 'customresourcedefinitions.gen.yaml')),
    )
    const standard = join(await download(modules.gatewayApi), 'config', 'crd', 'standard')
    const files = readdirSync(standard)
      .filter(file => file.startsWith('gateway.networking.k8s.io_'))
      .sort()
    writeFileSync(
      join(beside, 'gateway-api.yaml'),
      files.map(file => readFileSync(join(standard, file), 'utf8')).join('\n---\n'),
    )
  })
  pointAt('crds', dir)
}

/** Downloads a Go module outside any project; the sum pins its content. */
async function download(module) {
  const empty = mkdtempSync(join(tmpdir(), 'isthmus-'))
  try {
    const said = JSON.parse(
      await run('go', ['mod', 'download', '-json', `${module.path}@${module.version}`], { cwd: empty }),
    )
    if (said.Sum !== module.sum)
      throw new Error(`${module.path}@${module.version} has the sum ${said.Sum}, expected ${module.sum}`)
    return said.Dir
  } finally {
    rmSync(empty, { recursive: true, force: true })
  }
}
