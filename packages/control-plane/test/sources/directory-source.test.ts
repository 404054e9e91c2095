import assert from 'node:assert/strict'
import { mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { silentLog, systemClock } from '../../src/runtime/index.ts'
import { directorySource, MeshBuilder } from '../../src/sources/index.ts'

const entry = (name: string, port = 8080) => `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${name}}
spec:
  hosts: [${name}.default.svc.cluster.local]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: ${port}, name: http, protocol: HTTP}]
  endpoints:
  - {address: 10.0.0.1, locality: cn-hangzhou/a, labels: {version: v1}}
`

async function started(files: Record<string, string>) {
  const directory = await mkdtemp(join(tmpdir(), 'config-'))
  const write = async (name: string, text: string) => {
    await writeFile(join(directory, `${name}.new`), text)
    await rename(join(directory, `${name}.new`), join(directory, name))
  }
  for (const [name, text] of Object.entries(files)) await write(name, text)
  const builder = new MeshBuilder()
  const heard = { reads: 0 }
  const source = await directorySource({
    directory,
    builder,
    clock: systemClock,
    log: silentLog,
    pollMs: 300,
    settleMs: 10,
    onRead: () => heard.reads++,
  })
  return {
    directory,
    write,
    heard,
    builder,
    source,
    hosts: () =>
      [...builder.flush().services.values()]
        .map(s => `${s.hostname.split('.')[0]}:${s.ports[0]?.number}`)
        .sort()
        .join(' '),
    async end() {
      source.stop()
      await rm(directory, { recursive: true })
    },
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (holds()) return
    await sleep(5)
  }
  assert.fail(`never: ${what}`)
}

test('a directory is the configuration: read at the start, and again as files come, change and go', async () => {
  const c = await started({ 'a.yaml': `${entry('a')}---\n${entry('b')}`, 'notes.txt': 'not for us' })
  assert.equal(c.hosts(), 'a:8080 b:8080')
  await c.write('c.yml', entry('c'))
  await until('c', () => c.hosts() === 'a:8080 b:8080 c:8080')
  await c.write('a.yaml', entry('a', 9090))
  await until('a changed, b gone', () => c.hosts() === 'a:9090 c:8080')
  await unlink(join(c.directory, 'c.yml'))
  await until('c gone', () => c.hosts() === 'a:9090')
  await c.end()
})

test('who asks hears of each reading, also of one that says nothing new, and of none where no file changed', async () => {
  const c = await started({ 'a.yaml': entry('a') })
  assert.equal(c.heard.reads, 1)
  const { mesh } = c.builder
  const since = c.source.lastRead
  await until('another look', () => c.source.lastRead > since)
  assert.equal(c.heard.reads, 1)
  await c.write('a.yaml', `${entry('a')}# a remark\n`)
  await until('read again', () => c.heard.reads > 1)
  assert.equal(c.builder.flush(), mesh)
  await c.end()
})

test('a broken file is reported with file and line, and its last good version stays in force', async () => {
  const c = await started({ 'a.yaml': entry('a'), 'b.yaml': entry('b') })
  await c.write('a.yaml', `${entry('a', 9090)}---\nkind: [unclosed\nfoo: bar\n`)
  await until('reported', () => c.source.problems.length > 0)
  const [problem] = c.source.problems
  assert.deepEqual([problem?.code, problem?.file], ['ISM4201', 'a.yaml'])
  assert.ok((problem?.line ?? 0) >= 12 && (problem?.line ?? 0) <= 14, `line ${problem?.line}`)
  assert.equal(c.hosts(), 'a:8080 b:8080')
  await until('found', () => c.builder.findings.some(f => f.origin.file === 'a.yaml' && f.severity === 'error'))
  // Other files go on being read.
  await c.write('b.yaml', entry('b', 7070))
  await until('b changed', () => c.hosts() === 'a:8080 b:7070')
  await c.write('a.yaml', entry('a', 9090))
  await until('mended', () => c.source.problems.length === 0 && c.hosts() === 'a:9090 b:7070')
  await until('nothing found', () => c.builder.findings.length === 0)
  await c.end()
})

test('a wrong field is found at its own line; the file keeps its last good version', async () => {
  const c = await started({ 'a.yaml': `# comment\n\n${entry('a')}` })
  await c.write('a.yaml', `# comment\n\n${entry('a').replace('protocol: HTTP', 'protocol: HTTPP')}`)
  await until('reported', () => c.source.problems.length > 0)
  assert.deepEqual(
    c.source.problems.map(p => [p.file, p.line, p.field]),
    [['a.yaml', 10, 'spec.ports[0].protocol']],
  )
  assert.equal(c.hosts(), 'a:8080')
  await c.end()
})

test('of a file that is wrong from the start, what is good is used', async () => {
  const c = await started({ 'a.yaml': `${entry('a')}---\n${entry('b').replace('STATIC', 'NEVER')}` })
  assert.equal(c.hosts(), 'a:8080')
  assert.equal(c.source.problems[0]?.line, 18)
  await c.end()
})

test('a directory that goes away takes nothing with it', async () => {
  const c = await started({ 'a.yaml': entry('a') })
  await rename(c.directory, `${c.directory}-away`)
  await until('reported', () => c.source.problems.length > 0)
  assert.equal(c.hosts(), 'a:8080')
  await rename(`${c.directory}-away`, c.directory)
  await until('back', () => c.source.problems.length === 0)
  await c.write('a.yaml', entry('a', 1))
  await until('read again', () => c.hosts() === 'a:1')
  await c.end()
})

test('the same object in two files: the first file counts, the second is told', async () => {
  const c = await started({
    'a.yaml': entry('x', 1),
    'b.yaml': `${entry('x', 2)}---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: m}}\n`,
  })
  assert.equal(c.hosts(), 'x:1')
  assert.deepEqual(
    c.builder.findings.map(f => [f.code, f.severity, f.origin.file, f.origin.line]),
    [
      ['ISM4204', 'warning', 'b.yaml', 1],
      ['ISM4205', 'info', 'b.yaml', 12],
    ],
  )
  await c.end()
})
