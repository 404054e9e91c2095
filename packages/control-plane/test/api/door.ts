import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OperationId, operations, paths } from '@isthmus/api'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { serveDirectory } from '../../src/wiring/directory.ts'
import type { ServeOptions } from '../../src/wiring/options.ts'

export interface Door {
  readonly base: string
  readonly directory: string
  /** Port of its discovery server. */
  readonly xdsPort: number
  close(): Promise<void>
}

/** A control plane fed by a directory, and the address of its HTTP API. */
export async function openDoor(files: Record<string, string>): Promise<Door> {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-api-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  let base = ''
  let xdsPort = 0
  const log = {
    debug() {},
    info(fields: object) {
      if ('api' in fields) base = String(fields.api)
      if ('xds' in fields) xdsPort = Number(String(fields.xds).split(':').at(-1))
    },
    warn() {},
    error(fields: object, message: string) {
      console.error(message, fields)
    },
  }
  const options: ServeOptions & { config: string } = {
    config: directory,
    xdsAddress: '127.0.0.1:0',
    apiAddress: '127.0.0.1:0',
    plaintext: true,
    name: 'test',
    redirect: 'uid',
    logLevel: 'info',
  }
  const stop = await serveDirectory(options, log)
  return {
    base,
    directory,
    xdsPort,
    async close() {
      await stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The path of an operation with its segments filled in. */
export function pathOf(
  id: OperationId,
  params: Record<string, string> = {},
  query: Record<string, string> = {},
): string {
  const path = paths[id][1].replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const text = new URLSearchParams(query).toString()
  return text ? `${path}?${text}` : path
}

/** What is wrong with an answer, held against its operation's schema; empty: nothing. */
export function assertFits(id: OperationId, body: unknown): void {
  const schema = operations[id].response as TSchema
  const errors = Value.Check(schema, body)
    ? []
    : [...Value.Errors(schema, body)].slice(0, 5).map(e => `${e.instancePath}: ${e.message}`)
  assert.deepEqual(errors, [], `${id} answers what its schema says`)
}
