import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { serveConsole } from '../../src/api/http/console.ts'

const directory = mkdtempSync(join(tmpdir(), 'isthmus-console-'))
let server: Server
let base = ''

before(async () => {
  mkdirSync(join(directory, 'assets'))
  writeFileSync(join(directory, 'index.html'), '<meta property="csp-nonce" nonce="__ISTHMUS_NONCE__"><p>page</p>')
  writeFileSync(join(directory, 'assets/app-1a2b.js'), 'plain')
  writeFileSync(join(directory, 'assets/app-1a2b.js.gz'), gzipSync('packed'))
  writeFileSync(join(tmpdir(), 'isthmus-outside.txt'), 'outside')
  server = createServer((q, r) => void serveConsole(directory, new URL(q.url!, 'http://x').pathname, q, r))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => {
  server.close()
  rmSync(directory, { recursive: true, force: true })
  rmSync(join(tmpdir(), 'isthmus-outside.txt'), { force: true })
})

test('the page has a nonce of its own each time, the one its policy names, and no inline script is allowed', async () => {
  const nonces = new Set<string>()
  for (const path of ['/', '/services/reviews.default', '/sign-in']) {
    const response = await fetch(base + path)
    const nonce = /nonce="([^"]+)"/.exec(await response.text())?.[1] ?? ''
    const policy = response.headers.get('content-security-policy') ?? ''
    assert.ok(policy.includes(`'nonce-${nonce}'`))
    assert.match(policy, /default-src 'none'; script-src 'self';/)
    assert.doesNotMatch(policy, /unsafe/)
    assert.equal(response.headers.get('cache-control'), 'no-cache')
    nonces.add(nonce)
  }
  assert.equal(nonces.size, 3)
})

test('files with a hash in their name are kept for good, and come packed to those who take it', async () => {
  const packed = await fetch(`${base}/assets/app-1a2b.js`, { headers: { 'accept-encoding': 'gzip' } })
  assert.equal(packed.headers.get('content-encoding'), 'gzip')
  assert.equal(await packed.text(), 'packed')
  assert.match(packed.headers.get('cache-control') ?? '', /immutable/)
  const plain = await fetch(`${base}/assets/app-1a2b.js`, { headers: { 'accept-encoding': 'identity' } })
  assert.equal(await plain.text(), 'plain')
  assert.equal((await fetch(`${base}/assets/app-gone.js`)).status, 404)
})

test('no path leads out of the folder', async () => {
  for (const path of [
    '/..%2fisthmus-outside.txt',
    '/%2e%2e/isthmus-outside.txt',
    '/assets/..%2f..%2fisthmus-outside.txt',
    '/%00',
  ])
    assert.doesNotMatch(await (await fetch(base + path)).text(), /outside/)
})
