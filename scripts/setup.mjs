// Everything the project needs beyond Node, Go and Python with pip. Runs on Node 20 or newer; a second run starts at once.
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as compiled from './setup/compiled.mjs'
import * as webConsole from './setup/console.mjs'
import * as crds from './setup/crds.mjs'
import * as envoy from './setup/envoy.mjs'
import * as envoyApi from './setup/envoy-api.mjs'
import { SetupFailure, together } from './setup/failure.mjs'
import * as kube from './setup/kube.mjs'
import * as npm from './setup/npm.mjs'
import { checkNamespaces, ensureTools } from './setup/tools.mjs'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
/** The Node 24 that npm installed. */
export const node24 = join(root, 'node_modules', 'node', 'bin', 'node')

/** A line when a step begins to take time, and one with its seconds when it ends; silence for what is already there. */
export async function progress(name, work) {
  const began = Date.now()
  const tell = words => console.error(`  ${name}: ${words}`)
  const slow = setTimeout(() => console.error(`  ${name} …`), 700)
  const alive = setInterval(() => tell(`${Math.round((Date.now() - began) / 1000)} s so far`), 30_000)
  try {
    await work(tell)
    const seconds = (Date.now() - began) / 1000
    if (seconds > 0.7) console.error(`  ${name}: ${seconds.toFixed(1)} s`)
  } finally {
    clearTimeout(slow)
    clearInterval(alive)
  }
}

/** Makes everything ready; side by side where one step does not need another. Throws SetupFailure. Gives seconds. */
export async function setup() {
  const began = Date.now()
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new SetupFailure('ISM1003', `this is Node ${process.versions.node}`)
  await ensureTools(progress)
  checkNamespaces()
  // What cannot be had is said before anything long begins.
  const missing = [envoy, crds, kube].flatMap(part => {
    try {
      part.check?.()
      return []
    } catch (error) {
      return [{ step: part.name, error }]
    }
  })
  if (missing.length > 0) throw together(missing)
  const step = part =>
    progress(part.name, tell => part.ensure(root, tell)).catch(error => {
      throw { step: part.name, error }
    })
  const all = await Promise.allSettled([
    step(npm).then(() => Promise.all([step(envoyApi).then(() => step(compiled)), step(webConsole)])),
    step(envoy),
    step(crds),
    step(kube),
  ])
  const failed = all.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
  if (failed.length > 0) throw together(failed)
  return (Date.now() - began) / 1000
}

/** For scripts: set up, or say what is wrong and exit. */
export async function setupOrExit() {
  try {
    return await setup()
  } catch (error) {
    console.error(error.text ?? error)
    process.exit(1)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const seconds = await setupOrExit()
  console.error(`ready (${seconds.toFixed(1)} s)`)
}
