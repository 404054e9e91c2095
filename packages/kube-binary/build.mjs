// Builds the Kubernetes binary into the user's cache, keyed by its sources and the Go version, and points
// `isthmus/bin/kube` at it. Runs on Node 20 or newer, needs Go and the Go module proxy, nothing else. Cold it takes
// about five minutes of two cores; afterwards a fresh clone finds it there.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cached, hashOf, pointAt } from '../../scripts/setup/cache.mjs'
import { run } from '../../scripts/setup/run.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const sources = readdirSync(here)
  .filter(file => file.endsWith('.go') || file === 'go.mod' || file === 'go.sum')
  .sort()

/** What the servers and clients inside say their version is: that of the module they were built from. */
function kubernetesVersion() {
  const found = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(readFileSync(join(here, 'go.mod'), 'utf8'))
  return { git: found[1], major: found[2], minor: found[3] }
}

/** Without a version of this form kube-apiserver's own does not parse. */
function linkerFlags({ git, major, minor }) {
  const set = (pkg, name, value) => `-X k8s.io/${pkg}/version.${name}=${value}`
  const of = pkg => [set(pkg, 'gitVersion', git), set(pkg, 'gitMajor', major), set(pkg, 'gitMinor', minor)]
  return ['-s', '-w', ...of('component-base'), ...of('client-go/pkg')].join(' ')
}

async function build(target) {
  const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod', GOWORK: 'off' }
  // A copy, so that the Go tool cannot rewrite what is committed, and so that api.proto can lie beside the sources.
  const src = join(target, 'src')
  mkdirSync(src)
  for (const file of sources) copyFileSync(join(here, file), join(src, file))
  const go = args => run('go', args, { cwd: src, env })
  const found = JSON.parse(await go(['mod', 'download', '-json', criApi()]))
  const { Dir: criApiFolder } = found
  copyFileSync(join(criApiFolder, 'pkg/apis/runtime/v1/api.proto'), join(src, 'api.proto'))
  await go([
    'build',
    '-trimpath',
    '-buildvcs=false',
    '-ldflags',
    linkerFlags(kubernetesVersion()),
    '-o',
    join(target, 'kube'),
    '.',
  ])
  rmSync(src, { recursive: true, force: true })
}

function criApi() {
  return `k8s.io/cri-api@${/k8s\.io\/cri-api (v[\d.]+)/.exec(readFileSync(join(here, 'go.mod'), 'utf8'))[1]}`
}

const goVersion = execFileSync('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { encoding: 'utf8' })
const script = readFileSync(fileURLToPath(import.meta.url))
const hash = hashOf(goVersion, script, ...sources.map(file => readFileSync(join(here, file))))
const began = Date.now()
const folder = await cached(`kube-${hash}`, async target => {
  console.error('building the Kubernetes binary: about 5 minutes on 2 cores when nothing of it is built yet')
  const alive = setInterval(() => console.error(`  ${Math.round((Date.now() - began) / 1000)} s so far`), 30_000)
  try {
    await build(target)
  } finally {
    clearInterval(alive)
  }
  console.error(`built in ${Math.round((Date.now() - began) / 1000)} s`)
})
pointAt('bin/kube', join(folder, 'kube'))
console.log(join(folder, 'kube'))
