import { spawn } from 'node:child_process'
import { IsthmusError } from '@isthmus/errors'
import type { Stage, Step } from './changes.ts'

/** Carries out stages one after another, the steps of one side by side. Throws ISM1110 with the line refused. */
export async function applyChanges(stages: readonly Stage[]): Promise<void> {
  for (const stage of stages) await Promise.all(stage.map(applyStep))
}

async function applyStep(step: Step): Promise<void> {
  const { argv, input } = command(step)
  const { code, errors } = await run(argv, input)
  if (code === 0 || step.lenient) return
  throw new IsthmusError('ISM1110', `${argv.join(' ')}: ${errors.trim()}\n${numbered(input)}`)
}

function command(step: Step): { argv: string[]; input: string } {
  const { namespace, lenient } = step
  const input = `${step.lines.join('\n')}\n`
  const enter = namespace ? ['nsenter', `--net=/run/netns/${namespace}`] : []
  switch (step.tool) {
    case 'nft':
      return { argv: [...enter, 'nft', '-f', '-'], input }
    case 'setting':
      return {
        argv: [...enter, 'bash', '-c', 'while read -r key value; do echo "$value" >"/proc/sys/net/$key"; done'],
        input,
      }
    default:
      return {
        argv: [step.tool, ...(namespace ? ['-n', namespace] : []), ...(lenient ? ['-force'] : []), '-batch', '-'],
        input,
      }
  }
}

function run(argv: readonly string[], input: string): Promise<{ code: number; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0]!, argv.slice(1), { stdio: ['pipe', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', data => {
      errors += data
    })
    child.stdin.on('error', () => {})
    child.once('error', reject)
    child.once('close', code => resolve({ code: code ?? 1, errors }))
    child.stdin.end(input)
  })
}

const numbered = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line, i) => `${i + 1}: ${line}`)
    .join('\n')
