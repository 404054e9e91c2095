import { readFileSync } from 'node:fs'
import { Command } from 'commander'

/** Each group of commands is a file of its own, so that a command loads what it needs and no more. */
const groups = {
  lab: () => import('./commands/lab.ts'),
  tutorial: () => import('./commands/tutorial.ts'),
  serve: () => import('./commands/serve.ts'),
  cluster: () => import('./commands/cluster.ts'),
  region: () => import('./commands/region.ts'),
  proxy: () => import('./commands/proxy.ts'),
  console: () => import('./commands/console.ts'),
  events: () => import('./commands/events.ts'),
  net: () => import('./commands/net.ts'),
}

const isGroup = (name: string): name is keyof typeof groups => Object.hasOwn(groups, name)

/** The command `isthmus`; with the name of a group, only that group of commands is loaded. */
export async function buildProgram(only = ''): Promise<Command> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const program = new Command('isthmus')
    .description('One service mesh over Kubernetes clusters in several regions.')
    .version(version)
    .showHelpAfterError()
    .enablePositionalOptions()
  const chosen = isGroup(only) ? [groups[only]] : Object.values(groups)
  for (const load of chosen) (await load()).register(program)
  // It speaks of every command.
  if (chosen.length > 1) (await import('./completion.ts')).register(program)
  return program
}
