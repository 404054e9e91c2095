import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KubeClient, parseKubeconfig, type Watch, watchList } from '@isthmus/kubernetes'
import { type ApiServer, startApiServer } from '../cluster/index.ts'
import { internetAddress } from '../network/names.ts'
import { patiently } from '../world/patiently.ts'
import { sameButTraffic } from './link-traffic.ts'
import { type CloudObject, type CloudObjects, cloudApiVersion, cloudKinds, idOf } from './resources.ts'

export const cloudPort = 6443
const crds = join(import.meta.dirname, 'crds')

/** Held until what others need of it is no longer needed, or what it stands for is taken down. */
const finalizer = 'cloud.isthmus.dev/controller'

/** The cloud's own API: a real API server in "the internet", with the cloud's kinds. */
export interface CloudApi {
  readonly server: ApiServer
  readonly client: KubeClient
  /**
   * Follows all resources; called with all of them whenever one changes, first when all kinds are known. `matters` is false
   * where only a figure of what was measured is another.
   */
  follow(changed: (objects: CloudObjects, matters: boolean) => void): void
  stop(): Promise<void>
}

export async function startCloudApi(
  directory: string,
  seed: CloudObjects,
  say: (reason: string) => void,
): Promise<CloudApi> {
  const server = await startApiServer({
    name: 'cloud',
    address: internetAddress,
    port: cloudPort,
    dir: directory,
    readyTimeoutMs: 600_000,
  })
  await server.ready()
  const client = new KubeClient(parseKubeconfig(server.adminKubeconfig(server.url)).access(), { timeoutMs: 60_000 })
  const files = await Promise.all((await readdir(crds)).map(file => readFile(join(crds, file), 'utf8')))
  const each = <T>(items: readonly T[], apply: (item: T) => Promise<unknown>) =>
    Promise.all(
      items.map(item =>
        patiently(
          () => apply(item),
          say,
          () => false,
        ),
      ),
    )
  await each(files, text => client.apply(text))
  await each(seed, object => client.apply([asApplied(object)]))
  const watches: Watch[] = []
  return {
    server,
    client,
    follow(changed) {
      const known = new Map<string, Map<string, CloudObject>>()
      const say = (matters = true) =>
        known.size === cloudKinds.length &&
        changed(
          [...known.values()].flatMap(m => [...m.values()]),
          matters,
        )
      for (const kind of cloudKinds)
        watches.push(
          watchList<CloudObject>(
            client,
            { apiVersion: cloudApiVersion, kind },
            {
              onSync(items) {
                known.set(kind, new Map(items.map(o => [idOf(o), o])))
                say()
              },
              onChange(type, object) {
                const before = known.get(kind)?.get(idOf(object))
                if (type === 'deleted') known.get(kind)?.delete(idOf(object))
                else known.get(kind)?.set(idOf(object), object)
                say(type === 'deleted' || !before || !sameButTraffic(before, object))
              },
            },
          ),
        )
    },
    async stop() {
      await Promise.all(watches.map(w => w.stop()))
      await server.stop()
    },
  }
}

/** As `kubectl apply` would have made it, so that a later one sees which fields are gone. */
const asApplied = (object: CloudObject): CloudObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    finalizers: [...new Set([...(object.metadata.finalizers ?? []), finalizer])],
    annotations: {
      ...object.metadata.annotations,
      'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(object)}\n`,
    },
  },
})

/** Adds our finalizer to what people made, takes it from what may go. */
export async function keepFinalizers(
  client: KubeClient,
  objects: CloudObjects,
  mayGo: (object: CloudObject) => boolean,
): Promise<void> {
  await Promise.all(
    objects.map(async object => {
      const has = object.metadata.finalizers?.includes(finalizer) ?? false
      const going = object.metadata.deletionTimestamp !== undefined
      if (going ? !has || !mayGo(object) : has) return
      const others = (object.metadata.finalizers ?? []).filter(f => f !== finalizer)
      const finalizers = going ? others : [...others, finalizer]
      const { resourceVersion, name } = object.metadata
      // With the version read, so that another's finalizer added meanwhile is not lost; a conflict comes round again.
      await client.patch(object, { name }, { metadata: { resourceVersion, finalizers } }).catch(() => {})
    }),
  )
}
