import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Arrangement, Decision } from '@isthmus/control-plane/regions/index.ts'
import { envoyBinary } from '@isthmus/lab/binaries.ts'

export interface Answer {
  /** 0: the connection broke. */
  readonly status: number
  readonly body: string
}

/** A real Envoy with one worker, one listener and one static cluster made of a decision and an arrangement. */
export class StaticEnvoy {
  readonly #dir = mkdtempSync(join(tmpdir(), 'isthmus-envoy-'))
  readonly #agent = new Agent({ keepAlive: true })
  #process: ChildProcess | undefined
  #port = 0

  async start(decision: Decision, arrangement: Arrangement): Promise<this> {
    const config = join(this.#dir, 'envoy.json')
    const adminFile = join(this.#dir, 'admin')
    writeFileSync(config, JSON.stringify(bootstrap(decision, arrangement)))
    const args = ['-c', config, '--concurrency', '1', '--use-dynamic-base-id', '--admin-address-path', adminFile]
    this.#process = spawn(envoyBinary(), [...args, '-l', 'warning'], { stdio: ['ignore', 'ignore', 'pipe'] })
    let log = ''
    this.#process.stderr?.on('data', data => {
      log += data
    })
    for (let i = 0; i < 600; i++) {
      if (this.#process.exitCode !== null) throw new Error(`Envoy ended: ${log}`)
      this.#port = existsSync(adminFile) ? await this.#listener(readFileSync(adminFile, 'utf8')) : 0
      if (this.#port > 0) return this
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    throw new Error(`Envoy did not start: ${log}`)
  }

  async stop(): Promise<void> {
    this.#agent.destroy()
    const ended = new Promise(resolve => this.#process?.once('exit', resolve))
    if (this.#process?.exitCode === null && this.#process.kill('SIGKILL')) await ended
    rmSync(this.#dir, { recursive: true, force: true })
  }

  /** `/plain` is a route without retries. */
  send(path = '/', method = 'GET'): Promise<Answer> {
    return new Promise(resolve => {
      const options = { host: '127.0.0.1', port: this.#port, path, method, agent: this.#agent }
      const sent = request(options, response => {
        let body = ''
        response.on('data', data => {
          body += data
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      })
      sent.on('error', () => resolve({ status: 0, body: '' }))
      sent.end()
    })
  }

  /** One after the other, as curl in a loop. */
  async sendMany(count: number, path?: string, method?: string): Promise<Answer[]> {
    const answers: Answer[] = []
    for (let i = 0; i < count; i++) answers.push(await this.send(path, method))
    return answers
  }

  async #listener(admin: string): Promise<number> {
    try {
      const text = await (await fetch(`http://${admin}/listeners?format=json`)).text()
      return Number(JSON.parse(text).listener_statuses?.[0]?.local_address?.socket_address?.port_value ?? 0)
    } catch {
      return 0
    }
  }
}

const seconds = (ms: number) => `${ms / 1000}s`

function bootstrap(decision: Decision, arrangement: Arrangement) {
  return {
    admin: { address: address(0) },
    static_resources: { listeners: [listener(decision)], clusters: [cluster(decision, arrangement)] },
  }
}

function cluster(decision: Decision, arrangement: Arrangement) {
  const { outlierDetection: o, retry } = decision
  return {
    name: 'service',
    type: 'STATIC',
    lb_policy: 'LEAST_REQUEST',
    connect_timeout: seconds(decision.connectTimeoutMs ?? 10_000),
    common_lb_config: {
      healthy_panic_threshold: { value: decision.panicThresholdPercent },
      update_merge_window: '0s',
      ...(decision.localityWeighted && { locality_weighted_lb_config: {} }),
    },
    ...(retry && {
      circuit_breakers: {
        thresholds: [
          {
            retry_budget: {
              budget_percent: { value: retry.budgetPercent },
              min_retry_concurrency: retry.minRetryConcurrency,
            },
          },
        ],
      },
    }),
    ...(o && {
      outlier_detection: {
        consecutive_5xx: o.consecutive5xx || 5,
        enforcing_consecutive_5xx: o.consecutive5xx > 0 ? 100 : 0,
        consecutive_gateway_failure: o.consecutiveGatewayFailure || 5,
        enforcing_consecutive_gateway_failure: o.consecutiveGatewayFailure ? 100 : 0,
        enforcing_success_rate: 0,
        split_external_local_origin_errors: o.splitExternalLocalOriginErrors,
        interval: seconds(o.intervalMs),
        base_ejection_time: seconds(o.baseEjectionTimeMs),
        max_ejection_percent: o.maxEjectionPercent,
      },
    }),
    load_assignment: {
      cluster_name: 'service',
      policy: { overprovisioning_factor: decision.overprovisioningFactor },
      endpoints: arrangement.priorities.flatMap((groups, priority) =>
        groups.map(g => ({
          priority,
          locality: { region: g.locality.region, zone: g.locality.zone, sub_zone: g.locality.subzone },
          ...(g.weight !== undefined && { load_balancing_weight: g.weight }),
          lb_endpoints: g.endpoints.map(e => ({
            endpoint: { address: address(e.port) },
            health_status: e.health.toUpperCase(),
          })),
        })),
      ),
    },
  }
}

function listener({ retry }: Decision) {
  const type = 'type.googleapis.com/envoy.extensions'
  const policy = (retryOn: string) =>
    retry && {
      retry_on: retryOn,
      num_retries: retry.attempts,
      ...(retry.perTryTimeoutMs && { per_try_timeout: seconds(retry.perTryTimeoutMs) }),
      host_selection_retry_max_attempts: 5,
      retry_host_predicate: [
        {
          name: 'envoy.retry_host_predicates.previous_hosts',
          typed_config: { '@type': `${type}.retry.host.previous_hosts.v3.PreviousHostsPredicate` },
        },
      ],
      ...(retry.previousPriorities && {
        retry_priority: {
          name: 'envoy.retry_priorities.previous_priorities',
          typed_config: {
            '@type': `${type}.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig`,
            update_frequency: 1,
          },
        },
      }),
    }
  const route = (match: object, retryPolicy?: object, hedge = false) => ({
    match,
    route: {
      cluster: 'service',
      timeout: '0s',
      retry_policy: retryPolicy,
      ...(hedge && { hedge_policy: { hedge_on_per_try_timeout: true } }),
    },
  })
  const get = [{ name: ':method', string_match: { exact: 'GET' } }]
  const routes = [
    route({ prefix: '/plain' }),
    route({ prefix: '/', headers: get }, policy(retry?.retryOn ?? ''), retry?.hedge),
    route({ prefix: '/' }, policy(retry?.retryOnNotIdempotent ?? '')),
  ]
  return {
    name: 'listener',
    address: address(0),
    filter_chains: [
      {
        filters: [
          {
            name: 'http',
            typed_config: {
              '@type': `${type}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
              stat_prefix: 'http',
              route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes }] },
              http_filters: [{ name: 'router', typed_config: { '@type': `${type}.filters.http.router.v3.Router` } }],
            },
          },
        ],
      },
    ],
  }
}

function address(port: number) {
  return { socket_address: { address: '127.0.0.1', port_value: port } }
}
