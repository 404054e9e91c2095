import { type Filter, type Labels, nanoseconds } from './protocol.ts'
import type { ContainerRecord, Ended, SandboxRecord } from './store.ts'

/** A container's state as the CRI names it. */
export function containerState(record: ContainerRecord): string {
  if (record.ended) return 'CONTAINER_EXITED'
  return record.startedAt === undefined ? 'CONTAINER_CREATED' : 'CONTAINER_RUNNING'
}

export function sandboxState(record: SandboxRecord): string {
  return record.ready ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY'
}

export function containerView(record: ContainerRecord): object {
  const { id, sandboxId, config, image } = record
  return {
    id,
    pod_sandbox_id: sandboxId,
    metadata: config.metadata,
    image: { image: config.image.image, user_specified_image: config.image.user_specified_image },
    image_ref: image,
    image_id: image,
    state: containerState(record),
    created_at: nanoseconds(record.createdAt),
    labels: config.labels,
    annotations: config.annotations,
  }
}

export function containerStatus(record: ContainerRecord): object {
  const { config, ended } = record
  const security = config.linux?.security_context
  return {
    ...containerView(record),
    started_at: record.startedAt === undefined ? '0' : nanoseconds(record.startedAt),
    finished_at: ended ? nanoseconds(ended.at) : '0',
    exit_code: ended?.code ?? 0,
    reason: ended?.reason ?? '',
    message: messageOf(ended),
    mounts: config.mounts,
    log_path: record.logFile ?? '',
    user: {
      linux: {
        uid: security?.run_as_user?.value ?? '0',
        gid: security?.run_as_group?.value ?? '0',
        supplemental_groups: security?.supplemental_groups ?? [],
      },
    },
  }
}

function messageOf(ended: Ended | undefined): string {
  return ended?.reason === 'Unknown' ? 'nobody saw how it ended: its keeper was killed, or the node lost power' : ''
}

export function sandboxView(record: SandboxRecord): object {
  return {
    id: record.id,
    metadata: record.config.metadata,
    state: sandboxState(record),
    created_at: nanoseconds(record.createdAt),
    labels: record.config.labels,
    annotations: record.config.annotations,
    runtime_handler: '',
  }
}

export function sandboxStatus(record: SandboxRecord): object {
  return {
    ...sandboxView(record),
    network: record.link ? { ip: record.link.address } : {},
    linux: { namespaces: { options: record.config.linux?.security_context?.namespace_options } },
  }
}

/** Whether a thing passes a filter, as far as id, state and labels go. */
export function passes(filter: Filter | undefined, id: string, state: string, labels: Labels): boolean {
  if (!filter) return true
  if (filter.id && !id.startsWith(filter.id)) return false
  if (filter.state && filter.state.state !== state) return false
  return Object.entries(filter.label_selector ?? {}).every(([name, value]) => labels[name] === value)
}
