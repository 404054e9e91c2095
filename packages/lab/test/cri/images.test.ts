import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findImage, fullName, parseTable, programRows, readTable, unknownImage } from '@isthmus/lab/images/index.ts'

const table = readTable(
  [],
  programRows(program => ['node', program.main]),
)

test('image names are completed as container runtimes do', () => {
  assert.equal(fullName('busybox'), 'docker.io/library/busybox:latest')
  assert.equal(fullName('curlimages/curl:8.1'), 'docker.io/curlimages/curl:8.1')
  assert.equal(fullName('registry.k8s.io/coredns/coredns:v1.14.2'), 'registry.k8s.io/coredns/coredns:v1.14.2')
  assert.equal(fullName('localhost:5000/a/b'), 'localhost:5000/a/b:latest')
  assert.equal(fullName('envoyproxy/envoy:v1.40@sha256:ab'), 'docker.io/envoyproxy/envoy@sha256:ab')
})

test('the images of the known application are its services’ programs, with their versions', () => {
  for (const version of ['v1', 'v2', 'v3']) {
    const image = findImage(table, `docker.io/istio/examples-bookinfo-reviews-${version}:1.20.3`)
    assert.match(image!.row.entrypoint.join(' '), /samples\/bookinfo\/src\/reviews\/main/)
    assert.equal(image!.row.env.SERVICE_VERSION, version)
  }
  for (const service of ['productpage', 'details', 'ratings'])
    assert.ok(findImage(table, `istio/examples-bookinfo-${service}-v1:1.20.3`), service)
})

test('Envoy, the redirection, CoreDNS and the usual tools have rows', () => {
  assert.deepEqual(findImage(table, 'envoyproxy/envoy:v1.40.0')!.row.entrypoint, ['envoy'])
  assert.deepEqual(findImage(table, 'isthmus.dev/proxy:0.1.0')!.row.entrypoint, ['envoy'])
  assert.deepEqual(findImage(table, 'isthmus.dev/redirect:0.1.0')!.row.entrypoint, ['nft'])
  for (const name of ['busybox', 'alpine:3.20', 'curlimages/curl', 'registry.k8s.io/coredns/coredns:v1.12.0'])
    assert.ok(findImage(table, name), name)
})

test('an unknown image says which ones are known', () => {
  assert.equal(findImage(table, 'nginx:1.27'), undefined)
  const { message } = unknownImage(table, 'nginx:1.27')
  assert.match(message, /docker\.io\/library\/nginx:1\.27/)
  assert.match(message, /examples-bookinfo-reviews-v2/)
  assert.match(message, /ISTHMUS_LAB_IMAGES/)
})

test('a user’s file adds images and beats the lab’s own', t => {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-images-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'mine.yaml')
  writeFileSync(
    file,
    `- image: nginx
  entrypoint: [/srv/server, --port, "80"]
  env: {WORKERS: 2}
  mounts: [{host: /opt/mine, container: /srv}]
- {image: 'docker.io/library/busybox:*', entrypoint: [mine]}
`,
  )
  const extended = readTable([file])
  const nginx = findImage(extended, 'nginx')!
  assert.deepEqual(nginx.row.entrypoint, ['/srv/server', '--port', '80'])
  assert.deepEqual(nginx.row.env, { WORKERS: '2' })
  assert.deepEqual(findImage(extended, 'busybox:1.37')!.row.entrypoint, ['mine'])
})

test('a broken table names file, row and field', () => {
  const reads = (text: string) => () => parseTable(text, 'mine.yaml')
  assert.throws(reads('image: x'), { code: 'ISM1305', message: /mine\.yaml: a list/ })
  assert.throws(reads('- {image: x}'), { code: 'ISM1305', message: /mine\.yaml, row 1: entrypoint is missing/ })
  assert.throws(reads('- {image: x, entrypoint: run}'), { message: /row 1: entrypoint is not a list of strings/ })
  assert.throws(() => readTable(['/nowhere/images.yaml']), { code: 'ISM1305' })
})
