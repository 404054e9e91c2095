import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { type Service, startService } from '../../../../samples/bookinfo/src/common/service.ts'
import { parseCurl, writeOut } from '../../src/programs/curl/arguments.ts'
import { echo } from '../../src/programs/echo/handler.ts'
import { commands, programs, root } from '../../src/programs/index.ts'
import { type Prepared, preparePrograms, toJavaScript } from '../../src/programs/prepare.ts'

const run = promisify(execFile)
const who = { service: 'echo', version: 'v1', pod: 'echo-1', region: 'cn-hangzhou' }
let folder: string
let prepared: Prepared
let service: Service

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isthmus-programs-'))
  prepared = await preparePrograms(folder)
  service = await startService({ who, handler: echo(who), port: 0, host: '127.0.0.1', faultDoor: '127.0.0.1:0' })
})
after(async () => {
  await service.stop()
  await rm(folder, { recursive: true })
})

const at = (path: string) => `http://127.0.0.1:${service.port}${path}`

test('every program and command is there', () => {
  for (const main of [...programs.map(program => program.main), ...Object.values(commands)]) {
    assert.ok(existsSync(join(root, main)), main)
  }
  const images = programs.flatMap(program => program.images)
  assert.equal(new Set(images).size, images.length)
})

test('the echo answers as httpbin does', async () => {
  const anything = (await (await fetch(at('/anything/x?a=1'), { method: 'PUT', body: 'hello' })).json()) as Record<
    string,
    unknown
  >
  assert.equal(anything.method, 'PUT')
  assert.equal(anything.data, 'hello')
  assert.deepEqual(anything.args, { a: '1' })
  assert.equal((await fetch(at('/status/418'))).status, 418)
  assert.equal((await fetch(at('/status/700'))).status, 400)
  const began = Date.now()
  assert.equal((await fetch(at('/delay/0.2'))).status, 200)
  assert.ok(Date.now() - began >= 190)
  assert.deepEqual(await (await fetch(at('/hostname'))).json(), { hostname: 'echo-1', region: 'cn-hangzhou' })
})

test('types are stripped and neighbours imported by their new names', () => {
  const given = toJavaScript(
    `import { a, type B } from './a.ts'\nimport type { C } from '../c.ts'\nimport x from 'node:fs'\nexport * from "./b.ts"\nconst y: B = a\n`,
  )
  assert.match(given, /from '\.\/a\.mjs'/)
  assert.match(given, /from "\.\/b\.mjs"/)
  assert.match(given, /from 'node:fs'/)
  assert.doesNotMatch(given, /: B|c\.ts/)
})

test('prepared programs start, serve and end on SIGTERM', async () => {
  const port = await freePort()
  for (const program of programs.filter(one => one.name !== 'load')) {
    const [command = '', ...rest] = prepared.argv(program)
    const argv = program.arguments ? [...rest.slice(0, -1), String(port)] : [...rest, String(port)]
    const child = execFile(command, argv, { env: { ...program.env, FAULT_CONTROL: 'off', HOSTNAME: 'pod' } })
    await until(async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok)
    child.kill('SIGTERM')
    const code = await new Promise(resolve => child.on('exit', resolve))
    assert.equal(code, 0, program.name)
  }
})

test('load, fault and curl run as commands', async () => {
  const load = await run(join(prepared.bin, 'load'), ['--rate', '20', '--duration', '0.5', at('/get')])
  assert.equal(JSON.parse(load.stdout.trim().split('\n').at(-1) ?? '').ok, 10)

  const env = { ...process.env, FAULT_CONTROL: `127.0.0.1:${service.faultPort}` }
  await run(join(prepared.bin, 'fault'), ['503'], { env })
  const curl = (...argv: string[]) => run(join(prepared.bin, 'curl'), argv)
  assert.equal((await curl('-s', '-o', '/dev/null', '-w', '%{http_code}\\n', at('/get'))).stdout, '503\n')
  await assert.rejects(curl('-sf', at('/get')), { code: 22 })
  await run(join(prepared.bin, 'fault'), ['none'], { env })
  assert.match((await curl('-si', '-d', 'a=b', at('/anything'))).stdout, /^HTTP\/1.1 200 OK\r\n[\s\S]*"data":"a=b"/)
  await assert.rejects(curl('-s', '-m', '0.2', at('/delay/5')), { code: 28 })
  await assert.rejects(curl('-s', `http://127.0.0.1:${await freePort()}/`), { code: 7 })
})

test('curl reads the options people use', () => {
  const given = parseCurl(['-sSX', 'DELETE', '-H', 'Host: a.example', 'service:8080/x'])
  assert.equal(given.method, 'DELETE')
  assert.deepEqual(given.urls, ['http://service:8080/x'])
  assert.equal(given.headers.host, 'a.example')
  assert.equal(given.silent && given.showError, true)
  assert.throws(() => parseCurl(['--proxy', 'x', 'http://a']), /proxy/)
  assert.equal(writeOut('%{http_code}\\n%{nothing}', { http_code: '200' }), '200\n')
})

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function until(check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await check().catch(() => false))) {
    if (Date.now() > end) throw new Error('not in time')
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}
