import { IsthmusError } from '@isthmus/errors'
import { Command } from 'commander'

/** Each group of commands is a file of its own, loaded only when it is asked for: `isthmus --help` loads all. */
const groups: Record<string, { summary: string; load: () => Promise<{ register(parent: Command): void }> }> = {
  lab: { summary: 'the two-region world on this machine', load: () => import('./commands/lab.ts') },
  tutorial: {
    summary: 'the disaster-recovery tutorial, carried out and checked in the lab',
    load: () => import('./commands/tutorial.ts'),
  },
  serve: { summary: 'run the control plane', load: () => import('./commands/serve.ts') },
  cluster: { summary: 'member clusters: add, list, remove', load: () => import('./commands/cluster.ts') },
  region: {
    summary: 'traffic between regions: show, failover, distribution, explain',
    load: () => import('./commands/region.ts'),
  },
  proxy: { summary: 'connected proxies: status and configuration', load: () => import('./commands/proxy.ts') },
}

const program = new Command('isthmus')
  .description('One service mesh over Kubernetes clusters in several regions.')
  .showHelpAfterError()
  .enablePositionalOptions()

const wanted = process.argv[2]
const chosen = wanted && groups[wanted] ? { [wanted]: groups[wanted] } : groups
for (const group of Object.values(chosen)) (await group.load()).register(program)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof IsthmusError) console.error(error.text)
  else console.error(error)
  process.exitCode = 1
}
