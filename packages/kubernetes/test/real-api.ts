import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { kubeBinary } from '@isthmus/lab/binaries.ts'
import { type ClusterAccess, KubeClient } from '../src/index.ts'

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map(s => (s.address() as AddressInfo).port)
  await Promise.all(servers.map(s => new Promise(resolve => s.close(resolve))))
  return ports
}

/** A real etcd and kube-apiserver on ephemeral loopback ports, with nothing else: no controllers, no nodes. */
export class RealApi {
  readonly directory = mkdtempSync(join(tmpdir(), 'real-api-'))
  access!: ClusterAccess
  #ports: number[] = []
  #etcd: ChildProcess | undefined
  #api: ChildProcess | undefined

  async start(): Promise<this> {
    this.#ports = await freePorts(3)
    const [client, peer, secure] = this.#ports
    const { directory } = this
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writeFileSync(join(directory, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(join(directory, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
    writeFileSync(join(directory, 'tokens.csv'), 'all,admin,1,system:masters\nnothing,nobody,2\n')
    const url = `http://127.0.0.1:${client}`
    const peerUrl = `http://127.0.0.1:${peer}`
    this.#etcd = this.#run('etcd', [
      `--data-dir=${directory}/etcd`,
      '--unsafe-no-fsync',
      '--log-level=error',
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
    ])
    await this.startApi()
    this.access = {
      server: `https://127.0.0.1:${secure}`,
      ca: readFileSync(`${directory}/certs/apiserver.crt`, 'utf8'),
      token: 'all',
    }
    return this
  }

  async startApi(): Promise<void> {
    const [client, , secure] = this.#ports
    const { directory } = this
    this.#api = this.#run('kube-apiserver', [
      `--etcd-servers=http://127.0.0.1:${client}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${secure}`,
      `--cert-dir=${directory}/certs`,
      '--authorization-mode=RBAC',
      `--token-auth-file=${directory}/tokens.csv`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${directory}/sa.pub`,
      `--service-account-signing-key-file=${directory}/sa.key`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition',
      '--profiling=false',
    ])
    for (let i = 0; ; i++) {
      try {
        const ca = readFileSync(`${directory}/certs/apiserver.crt`, 'utf8')
        const probe = new KubeClient({ server: `https://127.0.0.1:${secure}`, ca, token: 'all' })
        const { text } = await probe.raw({ path: '/readyz', timeoutMs: 2000 }).finally(() => probe.close())
        if (text === 'ok') return
      } catch (error) {
        if (i > 600) throw new Error(`the API is not ready: ${this.log()}`, { cause: error })
      }
      await sleep(100)
    }
  }

  /** The API server goes at once, as on kill -9; etcd keeps what it had. */
  async stopApi(): Promise<void> {
    await ended(this.#api)
  }

  async stop(): Promise<void> {
    await ended(this.#api)
    await ended(this.#etcd)
    rmSync(this.directory, { recursive: true, force: true })
  }

  log(): string {
    return readFileSync(join(this.directory, 'kube-apiserver.log'), 'utf8').slice(-2000)
  }

  #run(name: string, args: string[]): ChildProcess {
    const log = openSync(join(this.directory, `${name}.log`), 'a')
    return spawn(kubeBinary(), [name, ...args], { stdio: ['ignore', log, log] })
  }
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exit
}
