import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IsthmusError } from '@isthmus/errors'
import { parse } from 'yaml'
import { fullName, matches } from './reference.ts'

/** What an image is in the lab: a command and its surroundings. */
export interface ImageRow {
  /** Patterns of full image names; `*` stands for any characters. */
  readonly images: readonly string[]
  readonly entrypoint: readonly string[]
  /** Used when the container gives neither `command` nor `args`. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workingDir: string
  /** Files and folders of this machine that the program needs, read-only. */
  readonly mounts: readonly { readonly host: string; readonly container: string }[]
}

/** An image that has a row. */
export interface Image {
  /** Its full name. */
  readonly name: string
  /** Name and a hash of the row, in the form of a digest: changes when the row does. */
  readonly id: string
  readonly row: ImageRow
}

export type ImageTable = readonly ImageRow[]

const folder = import.meta.dirname

/** The lab's own rows; a user's file (same form) goes before them. Throws ISM1305. */
export function readTable(files: readonly string[] = [], programs: ImageTable = []): ImageTable {
  const rows = [...files, join(folder, 'images.yaml')].map(file => parseTable(readFile(file), file))
  return [...rows.slice(0, -1).flat(), ...programs, ...rows.at(-1)!]
}

export function parseTable(text: string, file: string): ImageTable {
  let parsed: unknown
  try {
    parsed = parse(text)
  } catch (cause) {
    throw new IsthmusError('ISM1305', `${file}: ${(cause as Error).message}`, { cause })
  }
  if (!Array.isArray(parsed)) throw new IsthmusError('ISM1305', `${file}: a list of rows is expected`)
  return parsed.map((row, index) => parseRow(row, `${file}, row ${index + 1}`))
}

function parseRow(row: unknown, where: string): ImageRow {
  const given = (row ?? {}) as Record<string, unknown>
  const images = typeof given.image === 'string' ? [given.image] : given.image
  const strings = (value: unknown, field: string): string[] => {
    if (value === undefined) return []
    if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value
    throw new IsthmusError('ISM1305', `${where}: ${field} is not a list of strings`)
  }
  if (given.image === undefined) throw new IsthmusError('ISM1305', `${where}: image is missing`)
  if (given.entrypoint === undefined) throw new IsthmusError('ISM1305', `${where}: entrypoint is missing`)
  const mounts = (given.mounts ?? []) as { host?: unknown; container?: unknown }[]
  if (!Array.isArray(mounts) || mounts.some(m => typeof m?.host !== 'string' || typeof m.container !== 'string'))
    throw new IsthmusError('ISM1305', `${where}: each of mounts needs host and container`)
  const env = Object.entries((given.env ?? {}) as Record<string, unknown>)
  return {
    images: strings(images, 'image').map(pattern => (pattern.includes('*') ? pattern : fullName(pattern))),
    entrypoint: strings(given.entrypoint, 'entrypoint'),
    args: strings(given.args, 'args'),
    env: Object.fromEntries(env.map(([name, value]) => [name, String(value)])),
    workingDir: typeof given.workingDir === 'string' ? given.workingDir : '/',
    mounts: mounts as ImageRow['mounts'],
  }
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new IsthmusError('ISM1305', `${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
}

/** The first row that means this image. */
export function findImage(table: ImageTable, reference: string): Image | undefined {
  const name = fullName(reference)
  const row = table.find(candidate => candidate.images.some(pattern => matches(pattern, name)))
  if (!row) return undefined
  const hash = createHash('sha256').update(JSON.stringify(row)).digest('hex')
  return { name, id: `${name.replace(/[:@][^/]*$/, '')}@sha256:${hash}`, row }
}

/** What a pod with an unknown image says: the images that have a program. */
export function unknownImage(table: ImageTable, reference: string): IsthmusError {
  const known = table.flatMap(row => row.images).join(', ')
  return new IsthmusError(
    'ISM1304',
    `ISM1304 ImageUnknown: no program of the lab stands for ${fullName(reference)}. Images that have one: ${known}. ` +
      'A file named in ISTHMUS_LAB_IMAGES can add rows.',
  )
}
