import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { connect } from 'node:tls'
import { listen } from '../../src/api/http/server.ts'
import { createCertificateAuthority, issueServerCertificate } from '../../src/identity/index.ts'
import { silentLog } from '../../src/runtime/index.ts'
import { watchKeyPair } from '../../src/wiring/api-certificate.ts'

const dir = mkdtempSync(join(tmpdir(), 'isthmus-api-tls-'))
after(() => rmSync(dir, { recursive: true, force: true }))

test('a certificate that changes on disk is taken; a broken one is not, and the one before stays in use', async () => {
  const files = { cert: join(dir, 'tls.crt'), key: join(dir, 'tls.key') }
  const write = async (name: string) => {
    const now = Date.now()
    const authority = await createCertificateAuthority({ now })
    const { certificate, privateKey } = await issueServerCertificate(authority, { names: [name], now })
    writeFileSync(files.cert, certificate)
    writeFileSync(files.key, privateKey)
  }
  await write('one.example')
  let look = () => {}
  const clock = {
    now: () => 0,
    after: (_ms: number, task: () => void) => {
      look = task
      return () => {}
    },
  }
  const watched = watchKeyPair(files, clock, silentLog, pair => server.reload(pair))
  const server = await listen({
    at: { host: '127.0.0.1', port: 0 },
    tls: watched.current,
    handle: async (_request, response) => void response.end('ok'),
    log: silentLog,
  })
  assert.match(await namesAt(server.port), /one\.example/)
  await write('two.example')
  look()
  assert.match(await namesAt(server.port), /two\.example/)
  writeFileSync(files.cert, 'half a certificate')
  look()
  assert.match(await namesAt(server.port), /two\.example/)
  watched.stop()
  server.close()
  assert.throws(() => watchKeyPair(files, clock, silentLog, () => {}), { code: 'ISM5114' })
})

function namesAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subjectaltname ?? '')
      socket.end()
    })
    socket.on('error', reject)
  })
}
