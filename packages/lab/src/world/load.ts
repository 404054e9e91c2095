import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IsthmusError } from '@isthmus/errors'
import { parseAllDocuments } from 'yaml'
import { type CloudObject, cloudApiVersion, isCloudKind } from '../cloud/resources.ts'

/** The worlds that come with the lab. */
export const defaultWorld = join(import.meta.dirname, 'default.yaml')
export const tutorialWorld = join(import.meta.dirname, 'tutorial-start.yaml')

/** The resources of a world file. Throws ISM1109 with the line. */
export async function loadWorld(file: string): Promise<CloudObject[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new IsthmusError('ISM1109', `${file}: ${(cause as Error).message}`, { cause })
  }
  return parseWorld(text, file)
}

export function parseWorld(text: string, file: string): CloudObject[] {
  const documents = parseAllDocuments(text)
  if ('empty' in documents) return []
  return documents.flatMap((document): CloudObject[] => {
    const line = text.slice(0, document.contents?.range?.[0] ?? document.range?.[0] ?? 0).split('\n').length
    const wrong = (why: string) => new IsthmusError('ISM1109', `${file}:${line}: ${why}`)
    if (document.errors[0]) throw wrong(document.errors[0].message)
    const object = document.toJS()
    if (object === null) return []
    if (object.apiVersion !== cloudApiVersion || !isCloudKind(object.kind))
      throw wrong(`${object.apiVersion} ${object.kind} is not a kind of ${cloudApiVersion}`)
    if (!object.metadata?.name) throw wrong('metadata.name is missing')
    return [{ spec: {}, ...object }]
  })
}
