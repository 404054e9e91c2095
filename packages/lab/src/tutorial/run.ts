import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { kubeBinary } from '../binaries.ts'
import { connectLab, type Lab, startLab } from '../lab.ts'
import { root } from '../programs/index.ts'
import { tutorialWorld } from '../world/load.ts'
import { whereThingsAre } from './addresses.ts'
import { controlsOf } from './controls.ts'
import { Narrator } from './narrator.ts'
import { play } from './play.ts'
import { allOk, report, summaryLine } from './report.ts'
import { Scene } from './scene.ts'
import { steps as allSteps, selectSteps } from './steps/index.ts'
import { Tools } from './tools.ts'

export interface TutorialOptions {
  /** Which steps, as in `1-7`; all unless set. */
  readonly steps?: string
  /** Take the world down at the end. */
  readonly once?: boolean
  /** File for the report. */
  readonly report?: string
  /** The world stays when this process ends; one that runs already is used. */
  readonly keep?: boolean
  /** The lab's folder; its own default unless set. */
  readonly dir?: string
  /** Seconds that set-up took before. */
  readonly setupSeconds: number
}

/**
 * Starts the world, plays the steps, writes the report; then leaves the world up until Ctrl-C, unless `once`.
 * @returns the exit code: 0 only if everything was as expected.
 */
export async function runTutorial(options: TutorialOptions): Promise<number> {
  const narrator = new Narrator()
  const steps = options.steps === undefined ? allSteps : selectSteps(options.steps)
  const began = performance.now()
  const interruption = interrupted()

  const running = options.keep ? await connectLab(options.dir) : undefined
  if (running) narrator.say('A world runs already; it is used.')
  const starting =
    running ??
    startLab({
      dir: options.dir,
      worldFile: tutorialWorld,
      attached: !options.keep,
      log: (message, seconds) => narrator.say(`${seconds.toFixed(1).padStart(5)} s  ${message}`),
    })
  const lab = await Promise.race([starting, interruption.then(() => undefined)])
  if (!lab) {
    narrator.say(
      options.keep
        ? 'Interrupted.'
        : 'Interrupted: what there was of the world goes with this command, nothing is left.',
    )
    // The world lives and dies with this process: there is nothing else to take down.
    return 130
  }
  const world = running ? 0 : (performance.now() - began) / 1000

  const playbill = new Narrator()
  const tools = new Tools(playbill, environment(lab), kubectlCommand(), isthmusCommand())
  const scene = new Scene(tools, playbill, controlsOf(lab))
  let stopped = false
  const playing = play(scene, steps, () => stopped)
  const played = await Promise.race([playing.then(() => true), interruption, lab.ended])
  stopped = true
  // What is cut short here says nothing about the mesh.
  if (!played) playbill.mute()
  tools.close(!played)

  const total = (performance.now() - began) / 1000 + options.setupSeconds
  if (options.report) {
    const written = report(scene.checks, { setup: options.setupSeconds, world, total })
    await writeFile(options.report, `${JSON.stringify(written, null, 2)}\n`)
  }
  narrator.say('')
  narrator.say(
    `${summaryLine(scene.checks)}. World ready in ${world.toFixed(1)} s, everything in ${total.toFixed(1)} s.`,
  )
  if (!played && !interruption.happened) {
    narrator.say(`The world ended before its time; why stands in ${join(lab.directory, 'logs')}.`)
    return 1
  }
  if (played && !options.once) await stay(scene, lab, narrator, options, interruption)
  if (!played) narrator.say(options.keep ? 'Interrupted: the world stays up.' : 'Interrupted: the world is taken down.')
  if ((played && options.once) || !options.keep) {
    await lab.down()
    narrator.say('The world is down; nothing of it is left.')
  }
  if (!played) return 130
  return allOk(scene.checks) ? 0 : 1
}

/** Says where things are; the world is there until Ctrl-C (or for good, with `keep`). */
async function stay(scene: Scene, lab: Lab, narrator: Narrator, options: TutorialOptions, interruption: Promise<void>) {
  const withGateways = scene.checks.some(check => check.step > 3)
  for (const line of await whereThingsAre(scene, lab.kubeconfigPath, withGateways)) narrator.say(line)
  const link = await consoleLink(environment(lab))
  if (link) narrator.say(`Console, signed in once by this link: ${link}`)
  narrator.say('')
  narrator.say('In another shell: eval "$(npx isthmus lab env)", then kubectl, isthmus and curl as above.')
  if (options.keep) return narrator.say('The world stays up; isthmus lab down takes it down.')
  narrator.say('Ctrl-C takes the world down.')
  await Promise.race([interruption, lab.ended])
}

/** A sign-in link of the console; undefined where the control plane gives none just now. */
async function consoleLink(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const [program, ...args] = [...isthmusCommand(), 'console', '--no-open', '-o', 'json']
  try {
    const { stdout } = await promisify(execFile)(program!, args, { env, timeout: 20_000 })
    return (JSON.parse(stdout) as { url: string }).url
  } catch {
    return undefined
  }
}

/** Resolves at the first Ctrl-C or SIGTERM; later ones find it resolved. */
function interrupted(): Promise<void> & { readonly happened: boolean } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let happened = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      happened = true
      resolve()
    })
  }
  return Object.defineProperty(promise, 'happened', { get: () => happened }) as Promise<void> & {
    readonly happened: boolean
  }
}

/** The environment of a reader's shell beside the lab. */
export function environment(lab: Lab): NodeJS.ProcessEnv {
  return { ...process.env, KUBECONFIG: lab.kubeconfigPath, ISTHMUS_LAB_DIR: lab.directory }
}

/** The kubectl on PATH, else the one in the Kubernetes binary. */
export function kubectlCommand(path = process.env.PATH ?? ''): readonly string[] {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    try {
      accessSync(join(folder, 'kubectl'), constants.X_OK)
      return [join(folder, 'kubectl')]
    } catch {
      // Not in this one.
    }
  }
  return [kubeBinary(), 'kubectl']
}

/** The command line as it stands in this folder. */
export function isthmusCommand(): readonly string[] {
  return [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'packages/cli/src/main.ts')]
}
