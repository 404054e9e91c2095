import { type Command, InvalidArgumentError } from 'commander'

/** `isthmus tutorial`: the disaster-recovery tutorial, carried out and checked in a world of its own. */
export function register(parent: Command): void {
  parent
    .command('tutorial')
    .description('Carry out and check the disaster-recovery tutorial in a two-region world on this machine.')
    .option('--once', 'take the world down at the end')
    .option('--report <file>', 'write what was expected and what was seen as JSON')
    .option('--steps <list>', 'only these steps, such as 1-7', readSteps)
    .option('--keep', 'leave the world running when the command ends, and use one that runs already')
    .action(async (options: { once?: boolean; report?: string; steps?: string; keep?: boolean }) => {
      const { runTutorial } = await import('@isthmus/lab/tutorial/index.ts')
      const setupSeconds = Number(process.env.ISTHMUS_SETUP_SECONDS) || 0
      process.exit(await runTutorial({ ...options, setupSeconds }))
    })
}

function readSteps(text: string): string {
  if (/^\s*\d+(-\d+)?(\s*,\s*\d+(-\d+)?)*\s*$/.test(text)) return text
  throw new InvalidArgumentError('It takes numbers and ranges of steps, such as 1-7 or 1-3,6.')
}
