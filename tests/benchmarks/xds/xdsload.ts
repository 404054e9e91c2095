import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Measured, Plan, Target } from './measure.ts'
import { fileOf, localities, postUrl } from './workload.ts'

interface XdsloadResult {
  readonly connect_storm: {
    readonly all_clients_full_wall_ms: number
    readonly server_cpu_s: number
    readonly server_rss_peak_bytes: number
    readonly connection_retries: number
    readonly received: { readonly wire_bytes_received: number }
  }
  /** Null where there were none. */
  readonly changes:
    | null
    | readonly {
        readonly name: string
        readonly latency_all_pairs: { readonly p50_ms: number }
        readonly time_to_last_client: { readonly p50_ms: number }
        readonly server_cpu_s_per_change: number
        readonly wire_bytes_per_change_per_client: number
        readonly missed: number
      }[]
  readonly load_client_cpu_s: number
}

/** For a client that does not tell what it receives meanwhile. */
const settleMs = 500

/** Another measuring client (see docs/reference/benchmarks.md): each change is a scenario step of its own, so that all have their figures. */
export async function withXdsload(binary: string, server: Target, plan: Plan): Promise<Measured> {
  const { scratch, config, order, mode, sidecars, namespaces, redirect = 'uid', post } = plan
  const changes = order.map(kind => {
    const template = join(scratch, `${kind.name}.template`)
    writeFileSync(template, kind.text('{{N}}'))
    // What stands for the number is not to be encoded in the URL: a letter of its own is put in and replaced.
    const by = post ? { post: postUrl(post, kind, 'NNN').replace('NNN', '{{N}}') } : { file: fileOf(config, kind.name) }
    return {
      ...{ name: kind.name, type: shortNames[kind.type], template_file: template, marker: kind.marker('{{N}}') },
      ...{ count: 1, settle_ms: settleMs, ...by },
    }
  })
  const [file, out] = [join(scratch, 'scenario.json'), join(scratch, 'out.json')]
  writeFileSync(file, JSON.stringify({ changes }))
  const to = ['-addr', `127.0.0.1:${server.port}`, '-pid', String(server.pid), '-clients', String(sidecars)]
  const nodes = ['-mode', mode, '-locality', localities.join(','), '-ns', namespaces.join(',')]
  const metadata = ['-meta', JSON.stringify({ ISTHMUS_REDIRECT: redirect })]
  const files = ['-scenario', file, '-out', out]
  // It cannot tell when the server is at rest.
  const idle = `${1.5 + Math.min(8, sidecars / 100)}s`
  await promisify(execFile)(binary, ['load', ...to, ...nodes, ...metadata, '-idle', idle, ...files], {
    maxBuffer: 64 << 20,
  })
  const result = JSON.parse(readFileSync(out, 'utf8')) as XdsloadResult
  const made = result.changes ?? []
  const missed = made.filter(change => change.missed > 0)
  if (missed.length > 0) throw new Error(`${missed.length} changes did not reach every sidecar`)
  const storm = result.connect_storm
  return {
    storm: {
      seconds: storm.all_clients_full_wall_ms / 1000,
      cpuSeconds: storm.server_cpu_s,
      peakMebibytes: Math.round(storm.server_rss_peak_bytes / 2 ** 20),
      bytesToOne: storm.received.wire_bytes_received / sidecars,
      retries: storm.connection_retries,
    },
    samples: made.map(change => ({
      kind: change.name,
      last: change.time_to_last_client.p50_ms,
      half: change.latency_all_pairs.p50_ms,
      cpuSeconds: change.server_cpu_s_per_change,
      bytesToOne: change.wire_bytes_per_change_per_client,
    })),
    recordings: [],
    clientCpuSeconds: result.load_client_cpu_s,
  }
}

const shortNames = { cluster: 'cds', endpoint: 'eds', listener: 'lds', route: 'rds' } as const
