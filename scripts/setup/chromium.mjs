import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './run.mjs'
import { isRoot, onPath } from './tools.mjs'

/** As distributions and vendors call it. */
const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
/** Only recommended by the browser's package; without a font there is nothing to read on a page. */
const packages = ['chromium', 'fonts-liberation']

/** The browser that the console's tests and benchmark drive: ISTHMUS_CHROMIUM, else the first on PATH; undefined where there is none. */
export function findChromium() {
  const given = process.env.ISTHMUS_CHROMIUM
  if (given) return existsSync(given) ? given : undefined
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(file => existsSync(file))
}

/**
 * Only tests need a browser: installed from the distribution when root; else one line says how it is had, and the tests that
 * need it are skipped with the same words. Never throws: what an installation failed of is what the tests then fail with.
 */
export async function ensureChromium(progress) {
  if (findChromium() || process.env.ISTHMUS_CHROMIUM) return
  const command = `apt-get install -y ${packages.join(' ')}`
  if (!isRoot || !onPath('apt-get')) {
    console.error(
      `  no Chromium: the console's browser tests need it. ${isRoot ? 'Install it' : `Run: sudo ${command}`}`,
    )
    return
  }
  try {
    await progress(`packages ${packages.join(' ')}`, async () => {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
      await run('apt-get', ['update', '-q'], { env })
      await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env })
    })
  } catch (error) {
    console.error(`  no Chromium: ${error.text ?? error.message ?? error}`)
  }
}
