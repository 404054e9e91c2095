import { readdirSync, readFileSync } from 'node:fs'
import { buildProgram } from '@isthmus/cli/program.ts'
import { cliPage } from '@isthmus/cli/reference.ts'
import { errors } from '@isthmus/errors'
import { errorsPage } from '@isthmus/errors/document.ts'
import { apiPage } from './api.ts'
import { metricsPage } from './metrics.ts'
import { resourcesPage } from './resources.ts'

/** The pages of docs/reference that are made from code, by file name. */
export async function pages(): Promise<Record<string, string>> {
  const crds = new URL('../../deploy/crds/', import.meta.url)
  const texts = readdirSync(crds)
    .filter(file => file.endsWith('.yaml'))
    .sort()
    .map(file => readFileSync(new URL(file, crds), 'utf8'))
  return {
    'api.md': apiPage(),
    'cli.md': cliPage(await buildProgram()),
    'errors.md': errorsPage(errors),
    'metrics.md': metricsPage(),
    'resources.md': resourcesPage(texts),
  }
}
