import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Answer } from '../common/service.ts'

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
}

const folder = join(import.meta.dirname, 'static')

/** A file of the folder `static`; names with anything but letters, digits, dots and dashes are not there. */
export async function staticFile(path: string): Promise<Answer | undefined> {
  const name = /^\/static\/([\w-][\w.-]*)$/.exec(path)?.[1]
  const type = name && types[extname(name)]
  if (!name || !type) return undefined
  try {
    const body = await readFile(join(folder, name))
    return { status: 200, headers: { 'content-type': type, 'cache-control': 'max-age=300' }, body }
  } catch {
    return undefined
  }
}
