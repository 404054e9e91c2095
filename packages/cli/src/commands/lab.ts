import { spawn } from 'node:child_process'
import { IsthmusError } from '@isthmus/errors'
import { connectLab, defaultWorld, type Lab, labDirectory, startLab } from '@isthmus/lab'
import { environmentLines } from '@isthmus/lab/sandbox/environment.ts'
import { commandAt } from '@isthmus/lab/sandbox/exec.ts'
import { logFiles } from '@isthmus/lab/sandbox/logs.ts'
import type { Command } from 'commander'
import pc from 'picocolors'
import { print } from '../output.ts'
import { printStatus } from './lab-status.ts'

/** `isthmus lab`: the two-region world on this machine. */
export function register(parent: Command): void {
  const lab = parent.command('lab').description('The two-region world on this machine.')

  lab
    .command('up')
    .description('Start a world and leave it running.')
    .option('-f, --file <world>', 'the cloud resources it begins with, YAML (default: two regions joined by CEN)')
    .option('--wait-timeout <seconds>', 'how long to wait until it is ready', Number, 300)
    .action(async (options: { file?: string; waitTimeout: number }) =>
      up(options.file ?? defaultWorld, options.waitTimeout),
    )

  lab
    .command('status')
    .description('What runs, and what is not ready.')
    .option('-o, --output <format>', 'json or yaml, all of it')
    .action(async (options: { output?: string }) => {
      const running = await connectLab()
      if (options.output)
        print(
          running ? { running: true, ...running.record, ...(await running.status()) } : { running: false },
          options.output,
        )
      else if (running) printStatus(await running.status(), running.record)
      else console.log(`No lab runs (in ${labDirectory()}). Start it: isthmus lab up`)
      if (!running) process.exitCode = 3
    })

  lab
    .command('env')
    .description('Shell lines that set PATH and KUBECONFIG: eval "$(isthmus lab env)".')
    .action(async () => console.log(await environmentLines(labDirectory())))

  lab
    .command('exec')
    .description(
      'Run a command at a node, a router, a pod (CLUSTER/NAMESPACE/POD or the start of its name) or "internet"',
    )
    .argument('<place>')
    .argument('<command...>')
    .passThroughOptions()
    .action(async (place: string, command: string[]) => {
      const running = await need()
      const [program, ...args] = await commandAt(running, place, command[0] === '--' ? command.slice(1) : command)
      const child = spawn(program!, args, { stdio: 'inherit' })
      // The terminal sends its signals to the child itself.
      for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, () => {})
      process.exitCode = await new Promise<number>((resolve, reject) => {
        child.once('error', reject)
        child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 137)))
      })
    })

  lab
    .command('down')
    .description('End the world and all that is in it.')
    .action(async () => {
      const running = await connectLab()
      if (!running) return console.log('No lab runs.')
      await running.down()
      console.log('The lab is down; nothing of it is left but its logs.')
    })

  lab
    .command('logs')
    .description('The log of a part of it; without a name, which there are.')
    .argument('[name]', 'control-plane, inside, ack-hangzhou/kube-apiserver, ack-hangzhou-1/kubelet, …')
    .option('-f, --follow', 'go on as it grows')
    .option('-n, --lines <number>', 'how many of its last lines', '200')
    .action((name: string | undefined, options: { follow?: boolean; lines: string }) => logs(name, options))
}

async function logs(name: string | undefined, options: { follow?: boolean; lines: string }): Promise<void> {
  const files = await logFiles(labDirectory(), (await connectLab())?.record)
  const list = [...files.keys()].sort().join('\n')
  if (name === undefined) return console.log(list || 'There are none.')
  const file = files.get(name)
  if (!file) throw new IsthmusError('ISM1108', `no log is named ${name}; there are\n${list}`)
  const args = [...(options.follow ? ['-F'] : []), '-n', options.lines, file]
  const tail = spawn('tail', args, { stdio: 'inherit' })
  process.exitCode = await new Promise<number>(resolve => tail.once('exit', code => resolve(code ?? 1)))
}

async function up(worldFile: string, waitTimeout: number): Promise<void> {
  const already = await connectLab()
  if (already) {
    const seconds = Math.round((Date.now() - already.record.startedAt) / 1000)
    console.log(`A lab runs since ${seconds} s (process ${already.record.pid}). isthmus lab status says how it is.`)
    return
  }
  const log = (message: string, seconds: number) =>
    console.log(`${pc.dim(`${seconds.toFixed(1).padStart(6)}s`)}  ${message}`)
  const lab = await startLab({ worldFile, waitTimeout, log, attached: false })
  const { ready, clusters } = await lab.status()
  if (ready) console.log(pc.green(`The world is ready: ${clusters.map(c => c.name).join(', ')}.`))
  console.log('Next: eval "$(npx isthmus lab env)" and kubectl config get-contexts')
}

async function need(): Promise<Lab> {
  const running = await connectLab()
  if (!running) throw new IsthmusError('ISM1106', `in ${labDirectory()}`)
  return running
}
