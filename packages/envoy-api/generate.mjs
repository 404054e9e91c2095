#!/usr/bin/env node
// Envoy's API as JavaScript with types, in gen/ (not committed): `node packages/envoy-api/generate.mjs`.
//
// The Go module github.com/envoyproxy/go-control-plane/envoy holds the API in exactly Envoy's version. Each of its
// .pb.go files carries its descriptor as a literal, which is read from there: nothing has to be compiled. The
// descriptors go to protoc-gen-es, which is a protoc plugin: a request on standard input, the files on standard output.
//
// What comes out depends only on this file, the module versions and checksums, and protoc-gen-es, so it is kept in the
// user's cache under a hash of those; a second clone links it from there. Plain JavaScript for Node 20 and later,
// because set-up runs it before anything else works.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const require = createRequire(import.meta.url)
const modules = join(here, 'descriptors')
const target = join(here, 'gen')

/** Files whose imports are followed: all of Envoy's v3 API, and what xDS peers speak beside it. */
const isRoot = name => name.startsWith('envoy/') || name.startsWith('xds/')

async function main() {
  const hash = inputHash()
  const stamp = join(target, '.hash')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  const began = Date.now()
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'isthmus', `envoy-api-${hash}`)
  if (!existsSync(join(cache, '.hash'))) {
    const beside = `${cache}.${process.pid}`
    rmSync(beside, { recursive: true, force: true })
    await generate(beside)
    writeFileSync(join(beside, '.hash'), hash)
    place(beside, cache)
  }
  const beside = `${target}.${process.pid}`
  rmSync(beside, { recursive: true, force: true })
  linkTree(cache, beside)
  rmSync(target, { recursive: true, force: true })
  place(beside, target)
  console.log(`Envoy API: ready in ${((Date.now() - began) / 1000).toFixed(1)} s (${cache})`)
}

function inputHash() {
  const hash = createHash('sha256')
  for (const file of [fileURLToPath(import.meta.url), join(modules, 'go.mod'), join(modules, 'go.sum')]) {
    hash.update(readFileSync(file)).update('\0')
  }
  for (const name of ['@bufbuild/protobuf', '@bufbuild/protoc-gen-es']) hash.update(packageVersion(name)).update('\0')
  return hash.digest('hex').slice(0, 16)
}

function packageVersion(name) {
  for (const at of require.resolve.paths(name)) {
    const file = join(at, name, 'package.json')
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).version
  }
  throw new Error(`${name} is not installed: run npm install first`)
}

/** A rename; when somebody else was quicker, theirs is as good. */
function place(beside, path) {
  try {
    renameSync(beside, path)
  } catch (error) {
    if (!existsSync(join(path, '.hash'))) throw error
    rmSync(beside, { recursive: true, force: true })
  }
}

/** Hard links where the file system allows them, copies elsewhere. */
function linkTree(from, to) {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, destination] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) linkTree(source, destination)
    else {
      try {
        linkSync(source, destination)
      } catch {
        cpSync(source, destination)
      }
    }
  }
}

// --- from Go's literals to JavaScript ---------------------------------------------------------------------------

async function generate(out) {
  const { create, fromBinary, toBinary } = await import('@bufbuild/protobuf')
  const wkt = await import('@bufbuild/protobuf/wkt')
  const files = readDescriptors().map(bytes => fromBinary(wkt.FileDescriptorProtoSchema, bytes))
  const ordered = withImports(files)
  mkdirSync(out, { recursive: true })
  const set = create(wkt.FileDescriptorSetSchema, { file: ordered })
  writeFileSync(join(out, 'envoy.binpb'), toBinary(wkt.FileDescriptorSetSchema, set))

  const request = create(wkt.CodeGeneratorRequestSchema, {
    // The well-known types come with @bufbuild/protobuf itself.
    fileToGenerate: ordered.map(f => f.name).filter(name => !name.startsWith('google/protobuf/')),
    parameter: 'target=js+dts,import_extension=js,js_import_style=module',
    protoFile: ordered,
  })
  const plugin = spawnSync(process.execPath, [pluginPath()], {
    input: toBinary(wkt.CodeGeneratorRequestSchema, request),
    maxBuffer: 1 << 30,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  if (plugin.status !== 0) throw new Error(`protoc-gen-es ended with ${plugin.status ?? plugin.error}`)
  const response = fromBinary(wkt.CodeGeneratorResponseSchema, plugin.stdout)
  if (response.error) throw new Error(`protoc-gen-es: ${response.error}`)
  const folders = new Set()
  for (const { name, content } of response.file) {
    const path = join(out, name)
    if (!folders.has(dirname(path))) mkdirSync(dirname(path), { recursive: true })
    folders.add(dirname(path))
    writeFileSync(path, withOwnDescriptors(content))
  }
}

/** `fileDesc` is ours: see src/file-descriptor.ts. */
function withOwnDescriptors(content) {
  return content.replace(
    /^import \{ (.*)\bfileDesc\b(?:, )?(.*) \} from "@bufbuild\/protobuf\/codegenv2";$/m,
    (_line, before, after) => {
      const names = `${before}${after}`.replace(/, $/, '')
      const others = names ? `import { ${names} } from "@bufbuild/protobuf/codegenv2";\n` : ''
      return `${others}import { fileDesc } from "@isthmus/envoy-api/file-descriptor";`
    },
  )
}

function pluginPath() {
  const name = '@bufbuild/protoc-gen-es'
  for (const at of require.resolve.paths(name)) {
    const file = join(at, name, 'bin', 'protoc-gen-es')
    if (existsSync(file)) return file
  }
  throw new Error(`${name} is not installed: run npm install first`)
}

/** The raw descriptors of every .pb.go file of the modules in descriptors/go.mod. */
function readDescriptors() {
  const found = []
  for (const folder of moduleFolders()) {
    for (const file of goFiles(folder)) {
      const raw = rawDescriptor(readFileSync(file, 'utf8'))
      if (raw) found.push(raw)
    }
  }
  return found
}

function moduleFolders() {
  let text
  try {
    text = execFileSync('go', ['mod', 'download', '-json'], {
      cwd: modules,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=readonly' },
    })
  } catch (error) {
    const missing = error.code === 'ENOENT'
    throw new Error(missing ? "Go is needed to fetch Envoy's API definitions: install Go 1.21 or later" : error.message)
  }
  // One JSON object after the other.
  return JSON.parse(`[${text.trim().replaceAll(/^}\n{/gm, '},\n{')}]`).map(m => m.Dir)
}

function* goFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (entry.name !== 'testdata' && entry.name !== 'internal') yield* goFiles(path)
    } else if (entry.name.endsWith('.pb.go')) yield path
  }
}

/** protoc-gen-go writes `const file_…_rawDesc = "…" + "…"`, before version 1.36.6 `var file_…_rawDesc = []byte{0x0a, …}`. */
function rawDescriptor(source) {
  const start = /_rawDesc = (""|\[\]byte\{)/.exec(source)
  if (!start) return undefined
  const from = start.index + start[0].length
  if (start[1] !== '""') {
    const numbers = source.slice(from, source.indexOf('}', from)).match(/0x[0-9a-f]{2}/g) ?? []
    return Buffer.from(numbers.map(Number))
  }
  const parts = []
  const literal = /[ \t]*\+\n\t("(?:[^"\\\n]|\\.)*")/y
  literal.lastIndex = from
  for (let part = literal.exec(source); part; part = literal.exec(source)) parts.push(goString(part[1].slice(1, -1)))
  return Buffer.concat(parts)
}

const goEscapes = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, '"': 34, "'": 39 }

/** The bytes of an interpreted Go string literal. */
function goString(literal) {
  const parts = []
  let at = 0
  for (const found of literal.matchAll(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/g)) {
    parts.push(Buffer.from(literal.slice(at, found.index), 'utf8'))
    const [kind, rest] = [found[1][0], found[1].slice(1)]
    if (kind === 'x') parts.push(Buffer.from([Number.parseInt(rest, 16)]))
    else if (kind === 'u' || kind === 'U') parts.push(Buffer.from(String.fromCodePoint(Number.parseInt(rest, 16))))
    else if (rest !== '') parts.push(Buffer.from([Number.parseInt(found[1], 8)]))
    else if (kind in goEscapes) parts.push(Buffer.from([goEscapes[kind]]))
    else throw new Error(`unknown escape in a Go literal: ${found[0]}`)
    at = found.index + found[0].length
  }
  parts.push(Buffer.from(literal.slice(at), 'utf8'))
  return Buffer.concat(parts)
}

/** The roots and all they import, imports first. */
function withImports(files) {
  const byName = new Map(files.map(f => [f.name, f]))
  const ordered = []
  const seen = new Set()
  const visit = (name, by) => {
    if (seen.has(name)) return
    seen.add(name)
    const file = byName.get(name)
    if (!file) throw new Error(`${name}, imported by ${by}, is in none of the Go modules`)
    for (const dependency of file.dependency) visit(dependency, name)
    ordered.push(file)
  }
  for (const name of [...byName.keys()].sort()) if (isRoot(name)) visit(name, '')
  return ordered
}

await main()
