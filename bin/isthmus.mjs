#!/usr/bin/env node
// Starts the command on Node 24, whatever node the shell finds: the one npm installed beside us where it is there.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeArguments, nodeEnvironment } from './launch.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const own = join(root, 'node_modules', 'node', 'bin', 'node')
const node = existsSync(own) ? own : process.execPath
if (node === process.execPath && Number(process.versions.node.split('.')[0]) < 24) {
  console.error('isthmus needs Node 24, which its set-up installs beside it.\n  Run: npm run setup')
  process.exit(1)
}
const child = spawn(node, [...nodeArguments(process.argv[2]), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: nodeEnvironment(),
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
