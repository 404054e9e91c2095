import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '@isthmus/lab/programs/index.ts'
import { manifests } from '@isthmus/lab/tutorial/world.ts'
import { parse } from 'yaml'
import { picture, silent } from '../browser.ts'
import { review, save, write } from '../editor.ts'
import type { Stage } from '../stage.ts'

const address = '/rules/DestinationRule/default/reviews'
const label = 'DestinationRule YAML'

async function atTheApi(stage: Stage) {
  return JSON.parse(await stage.kubectl('mesh', 'get destinationrule reviews -o json'))
}

/** Outlier detection written by hand; what does not fit the schema is marked; the difference stands before the write. */
export async function editDestinationRule(stage: Stage): Promise<void> {
  const { page } = stage
  await stage.go('/rules')
  await page.getByRole('link', { name: /DestinationRule/ }).click()
  await page.getByRole('link', { name: 'reviews', exact: true }).click()
  const wanted = readFileSync(join(root, manifests.outlierDetection), 'utf8')
  await write(page, label, wanted.replace('interval: 1s', 'intervall: 1s'))
  await page.locator('.cm-lint-marker-error').first().waitFor()
  await write(page, label, wanted)
  await page.locator('.cm-lint-marker-error').waitFor({ state: 'detached' })
  const dialog = await review(page)
  await dialog.locator('.cm-changedLine, .cm-insertedLine, .cm-changedText').first().waitFor()
  await dialog.getByText('The API server has checked it', { exact: false }).waitFor()
  assert.equal((await atTheApi(stage)).spec.trafficPolicy?.outlierDetection, undefined, 'written before it was saved')
  await picture(page, 'rule-difference', false)
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  assert.deepEqual((await atTheApi(stage)).spec, parse(wanted).spec)
  silent(stage.admin)
}

/** Two people at the same object: the second is told, sees both, and takes what is there or writes over it. */
export async function conflict(stage: Stage): Promise<void> {
  const other = await stage.enter('operator')
  await stage.go(address)
  await stage.go(address, other.page)
  // As the editor shows it: the difference is the line that somebody changed.
  const yaml: string = await stage.page.evaluate(
    `fetch('/api/v1/objects/DestinationRule/default/reviews').then(a => a.json()).then(({ yaml }) => yaml)`,
  )
  const time = (seconds: number) => yaml.replace(/baseEjectionTime: \S+/, `baseEjectionTime: ${seconds}s`)
  const ejection = async () => (await atTheApi(stage)).spec.trafficPolicy.outlierDetection.baseEjectionTime

  // Both begin with the same version.
  await write(other.page, label, time(42))
  await write(stage.page, label, time(52))
  await save(stage.page)
  assert.equal(await ejection(), '52s')
  let dialog = await review(other.page)
  await dialog.getByText('Somebody else changed it meanwhile').waitFor()
  await dialog.getByText('baseEjectionTime: 52s').first().waitFor()
  await picture(other.page, 'conflict', false)
  await dialog.getByRole('button', { name: 'Take what is there, drop mine' }).click()
  await other.page.getByRole('textbox', { name: label }).getByText('baseEjectionTime: 52s').waitFor()

  await write(other.page, label, time(62))
  await write(stage.page, label, time(72))
  await save(stage.page)
  dialog = await review(other.page)
  await dialog.getByRole('button', { name: 'Write mine over it' }).click()
  await dialog.getByText('The API server has checked it', { exact: false }).waitFor()
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  assert.equal(await ejection(), '62s')
  // The status that the control plane writes is a newer version too: the page sees to that by itself.
  silent(stage.admin, /409 \(Conflict\)/)
  silent(other, /409 \(Conflict\)|401 \(Unauthorized\)/)
  await other.context.close()
}
