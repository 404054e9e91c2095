import { statSync } from 'node:fs'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import type { Containers } from './containers.ts'
import { enterLine, execSync } from './exec.ts'
import { netnsPath } from './network.ts'
import { CallError, type ContainerConfig, type Filter, nanoseconds, type SandboxConfig } from './protocol.ts'
import type { Sandboxes } from './sandboxes.ts'
import { containerStats, sandboxStats } from './stats.ts'
import type { ContainerRecord, Store } from './store.ts'
import type { Streams } from './streams.ts'
import {
  containerState,
  containerStatus,
  containerView,
  passes,
  sandboxState,
  sandboxStatus,
  sandboxView,
} from './views.ts'

/** The fields of the CRI's requests, all in one: each call reads its own. */
export interface RuntimeRequest {
  readonly pod_sandbox_id: string
  readonly container_id: string
  readonly config: unknown
  readonly sandbox_config: SandboxConfig
  readonly filter?: Filter
  readonly timeout: string
  readonly cmd: readonly string[]
  readonly tty: boolean
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly port: readonly number[]
}

export interface RuntimeParts {
  readonly store: Store
  readonly containers: Containers
  readonly sandboxes: Sandboxes
  readonly streams: Streams
}

/** The CRI's runtime service, one function a call. */
export function runtimeService(
  parts: RuntimeParts,
): Record<string, (request: RuntimeRequest) => object | Promise<object>> {
  const { store, containers, sandboxes, streams } = parts
  const listContainers = (filter?: Filter): ContainerRecord[] =>
    [...store.containers.values()].filter(
      one =>
        passes(filter, one.id, containerState(one), one.config.labels) &&
        (!filter?.pod_sandbox_id || one.sandboxId === filter.pod_sandbox_id),
    )
  const runningStats = (filter?: Filter) =>
    listContainers(filter)
      .filter(one => containerState(one) === 'CONTAINER_RUNNING')
      .map(one => containerStats(one, containers.pid(one.id)))
  const listSandboxes = (filter?: Filter) =>
    [...store.sandboxes.values()].filter(one => passes(filter, one.id, sandboxState(one), one.config.labels))
  const podStats = (id: string) => sandboxStats(sandboxes.get(id), runningStats({ pod_sandbox_id: id }))

  return {
    Version: () => ({
      version: '0.1.0',
      runtime_name: 'isthmus-lab',
      runtime_version: '0.1.0',
      runtime_api_version: 'v1',
    }),
    Status: () => ({
      status: {
        conditions: [
          { type: 'RuntimeReady', status: true },
          { type: 'NetworkReady', status: true },
        ],
      },
      runtime_handlers: [{ name: '' }],
    }),
    RuntimeConfig: () => ({ linux: { cgroup_driver: 'CGROUPFS' } }),
    UpdateRuntimeConfig: () => ({}),
    UpdateContainerResources: () => ({}),
    UpdatePodSandboxResources: () => ({}),

    RunPodSandbox: async ({ config }) => ({ pod_sandbox_id: (await sandboxes.run(config as SandboxConfig)).id }),
    StopPodSandbox: async ({ pod_sandbox_id }) => {
      await sandboxes.stop(pod_sandbox_id)
      return {}
    },
    RemovePodSandbox: async ({ pod_sandbox_id }) => {
      await sandboxes.remove(pod_sandbox_id)
      return {}
    },
    PodSandboxStatus: ({ pod_sandbox_id }) => ({
      status: sandboxStatus(sandboxes.get(pod_sandbox_id)),
      info: {},
      containers_statuses: store.containersOf(pod_sandbox_id).map(containerStatus),
      timestamp: nanoseconds(Date.now()),
    }),
    ListPodSandbox: ({ filter }) => ({ items: listSandboxes(filter).map(sandboxView) }),

    CreateContainer: ({ pod_sandbox_id, config, sandbox_config }) => ({
      container_id: containers.create(sandboxes.get(pod_sandbox_id), config as ContainerConfig, sandbox_config).id,
    }),
    StartContainer: async ({ container_id }) => {
      await containers.start(container_id)
      return {}
    },
    StopContainer: async ({ container_id, timeout }) => {
      await containers.stop(container_id, Number(timeout))
      return {}
    },
    RemoveContainer: async ({ container_id }) => {
      await containers.remove(container_id)
      return {}
    },
    ListContainers: ({ filter }) => ({ containers: listContainers(filter).map(containerView) }),
    ContainerStatus: ({ container_id }) => ({ status: containerStatus(containers.get(container_id)), info: {} }),
    ReopenContainerLog: ({ container_id }) => {
      containers.reopenLog(container_id)
      return {}
    },

    ExecSync: ({ container_id, cmd, timeout }) =>
      execSync(enterLine(containers.pid(container_id), containers.surroundings(container_id), cmd), Number(timeout)),
    Exec: async ({ container_id, cmd, tty, stdin, stdout, stderr }) => {
      const line = enterLine(containers.pid(container_id), containers.surroundings(container_id), cmd)
      return { url: await streams.url('exec', { cmd: line, tty, stdin, stdout, stderr }) }
    },
    Attach: async ({ container_id, tty, stdin, stdout, stderr }) => {
      const attach = attachment(store, containers.get(container_id))
      return { url: await streams.url('attach', { attach, tty, stdin, stdout, stderr }) }
    },
    PortForward: async ({ pod_sandbox_id, port }) => {
      const { link } = sandboxes.get(pod_sandbox_id)
      const netns = link ? netnsPath(link.netns) : '/proc/self/ns/net'
      return { url: await streams.url('portforward', { netns, port }) }
    },

    ContainerStats: ({ container_id }) => ({
      stats: containerStats(containers.get(container_id), containers.pid(container_id)),
    }),
    ListContainerStats: ({ filter }) => ({ stats: runningStats(filter) }),
    PodSandboxStats: ({ pod_sandbox_id }) => ({ stats: podStats(pod_sandbox_id) }),
    ListPodSandboxStats: ({ filter }) => ({ stats: listSandboxes(filter).map(one => podStats(one.id)) }),
    ListMetricDescriptors: () => ({ descriptors: [] }),
    ListPodSandboxMetrics: () => ({ pod_metrics: [] }),
    CheckpointContainer: () => {
      throw new CallError(status.UNIMPLEMENTED, 'the lab does not checkpoint containers')
    },
  }
}

function attachment(store: Store, { id, config, logFile }: ContainerRecord) {
  if (!logFile) throw new CallError(status.FAILED_PRECONDITION, `container ${id} has no log to read its output from`)
  const folder = store.containerFolder(id)
  return {
    log: logFile,
    // `kubectl run -i` wants all its one-time program says, a later attach what comes from now on.
    from: config.stdin_once ? 0 : (statSync(logFile, { throwIfNoEntry: false })?.size ?? 0),
    input: config.stdin ? join(folder, 'stdin') : '',
    ended: join(folder, 'exit'),
    closeInput: config.stdin_once ? join(folder, 'input-over') : '',
  }
}
