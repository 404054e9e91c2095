import { spawn } from 'node:child_process'
import { type Command, Option } from 'commander'
import { consoleLink } from '../console-link.ts'
import { type MeshOptions, withMeshOptions } from '../mesh-api.ts'
import { print } from '../output.ts'

interface ConsoleOptions extends MeshOptions {
  as: 'viewer' | 'operator' | 'admin'
  open: boolean
  output?: string
}

/** `isthmus console`: the console, signed in. */
export function register(parent: Command): void {
  withMeshOptions(parent.command('console'))
    .description('Print a link that signs in to the console once, and open it where there is a browser.')
    .addOption(
      new Option('--as <role>', 'the account whose token is taken where the kubeconfig has none of its own')
        .choices(['viewer', 'operator', 'admin'])
        .default('admin'),
    )
    .option('--no-open', 'only print it')
    .option('-o, --output <format>', 'json or yaml')
    .action(async (options: ConsoleOptions) => {
      const link = await consoleLink(options, options.as)
      if (options.output) print(link, options.output)
      else if (link.expiresAt === undefined) console.log(link.url)
      else console.log(`${link.url}\nIt works once, until ${new Date(link.expiresAt).toLocaleTimeString()}.`)
      if (options.open && !options.output && process.stdout.isTTY) openBrowser(link.url)
    })
}

/** The browser outlives the command; where there is none, the printed link is all. */
function openBrowser(url: string): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url]
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return
  const child = spawn(program!, args, { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
