// `npm run benchmark -- xds`: how long a change takes to the last of many sidecars, and what it costs.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Server } from './xds/server.ts'
import { Sidecars } from './xds/sidecars.ts'
import { kinds, type Size, writeChange, writeWorkload } from './xds/workload.ts'

const { values } = parseArgs({
  options: {
    sidecars: { type: 'string', default: '100' },
    mode: { type: 'string', default: 'delta' },
    changes: { type: 'string', default: '20' },
    services: { type: 'string', default: '1000' },
    json: { type: 'string' },
  },
})
if (values.mode !== 'delta' && values.mode !== 'sotw') throw new Error(`--mode ${values.mode}: it is delta or sotw`)
const mode = values.mode
const count = Number(values.sidecars)
const changes = Number(values.changes)
if (!(changes >= 1 && changes <= 250)) throw new Error(`--changes ${values.changes}: from 1 to 250`)
const size: Size = { services: Number(values.services), endpoints: 10, virtualServices: Number(values.services) / 10 }
const directory = mkdtempSync(join(tmpdir(), 'isthmus-benchmark-'))
const config = join(directory, 'config')

mkdirSync(config)
writeWorkload(config, size)
console.log(
  `${size.services} services × ${size.endpoints} endpoints, ${count} sidecars, ${mode}, ${cpus().length} cores`,
)
const began = performance.now()
const server = await Server.start(config)
const figures: Record<string, unknown> = { size, sidecars: count, mode, cores: cpus().length }
try {
  row('start to serving', `${((performance.now() - began) / 1000).toFixed(2)} s, ${server.residentMebibytes} MiB`)
  figures.idleMebibytes = server.residentMebibytes
  const client = process.env.ISTHMUS_XDSLOAD
  if (client) withXdsload(client)
  else await withOwnClient()
  figures.mebibytes = server.residentMebibytes
  row('memory at the end', `${server.residentMebibytes} MiB`)
} finally {
  await server.stop()
  rmSync(directory, { recursive: true, force: true })
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`)

async function withOwnClient(): Promise<void> {
  const [start, cpu] = [performance.now(), server.cpuSeconds]
  const sidecars = await Sidecars.connect(server.port, count, mode)
  // The sidecars are in one process of JavaScript: most of the time to connect is theirs.
  const connect = { seconds: (performance.now() - start) / 1000, cpuSeconds: server.cpuSeconds - cpu }
  row('all connected and configured', `${connect.seconds.toFixed(1)} s, ${connect.cpuSeconds.toFixed(2)} CPU-s`)
  Object.assign(figures, { connect, bytesToConnect: sidecars.bytes })
  for (const kind of kinds(size)) {
    const times: number[] = []
    await quiet(2_000)
    const [cpuBefore, bytesBefore] = [server.cpuSeconds, sidecars.bytes]
    for (let i = 0; i < changes; i++) {
      const id = i + 1
      times.push(await sidecars.change(kind.typeUrl, kind.marker(id), () => writeChange(config, kind, id)))
      await quiet(100)
    }
    const result = {
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      least: Math.min(...times),
      most: Math.max(...times),
      cpuSeconds: (server.cpuSeconds - cpuBefore) / changes,
      bytes: (sidecars.bytes - bytesBefore) / changes,
    }
    figures[kind.name] = result
    row(
      kind.name,
      `${result.p50.toFixed(0)} / ${result.p99.toFixed(0)} ms to the last sidecar (${result.least.toFixed(0)} to ${result.most.toFixed(0)}), ` +
        `${result.cpuSeconds.toFixed(3)} CPU-s, ${Math.round(result.bytes)} bytes to one`,
    )
  }
  await sidecars.close()
}

/** The measuring client of another language, where one is given: it takes less of the machine. */
function withXdsload(binary: string): void {
  const scenario = {
    changes: kinds(size).map(kind => {
      const template = join(directory, `${kind.name}.template`)
      writeFileSync(template, kind.text('{{N}}'))
      const type = { endpoint: 'eds', virtualservice: 'rds' }[kind.name] ?? 'cds'
      return {
        name: kind.name,
        type,
        template_file: template,
        marker: kind.marker('{{N}}'),
        count: changes,
        file: join(config, `zz-${kind.name}.yaml`),
      }
    }),
  }
  const [file, out] = [join(directory, 'scenario.json'), join(directory, 'out.json')]
  writeFileSync(file, JSON.stringify(scenario))
  const where = 'us-east/zone-1/a,us-west/zone-1/a,eu/zone-1/a'
  const args = ['load', '-addr', `127.0.0.1:${server.port}`, '-pid', String(server.pid), '-clients', String(count)]
  execFileSync(binary, [...args, '-mode', mode, '-locality', where, '-scenario', file, '-out', out], {
    stdio: 'inherit',
  })
}

function row(what: string, text: string): void {
  console.log(`${what.padEnd(30)} ${text}`)
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)]!
}

function quiet(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
