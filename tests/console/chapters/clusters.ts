import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { peerAttachment } from '@isthmus/lab/tutorial/world.ts'
import { picture, silent } from '../browser.ts'
import type { Stage } from '../stage.ts'

/** By clicks: a kubeconfig as text, a context of it, and the diagnosis as it comes. */
async function add(stage: Stage, cluster: string): Promise<void> {
  const { page } = stage
  await stage.go('/clusters')
  await page.getByRole('button', { name: 'Add a cluster' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Add a cluster' })
  await dialog.getByLabel('Kubeconfig').fill(readFileSync(stage.lab.kubeconfigPath, 'utf8'))
  await dialog.getByRole('combobox', { name: 'Context' }).click()
  await page.getByRole('option', { name: cluster, exact: true }).click()
  assert.equal(await dialog.getByLabel('Name in the mesh').inputValue(), cluster)
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await page.getByRole('heading', { name: cluster, level: 1 }).waitFor()
}

const diagnosis = (stage: Stage) => stage.page.getByRole('region', { name: 'Diagnosis' })

/** The near cluster joins; the far one says what is in its way, and turns ready by itself once that is mended. */
export async function addAndMend(stage: Stage): Promise<void> {
  const { page } = stage
  await add(stage, 'ack-hangzhou')
  await diagnosis(stage).getByText('ready', { exact: true }).waitFor()

  await add(stage, 'ack-shanghai')
  const failed = diagnosis(stage).locator('[data-status=False]', { hasText: 'BandwidthAvailable' })
  await failed.waitFor()
  await failed.getByText(peerAttachment, { exact: false }).waitFor()
  await diagnosis(stage).getByText('What to do', { exact: false }).waitFor()
  await picture(page, 'cluster-without-bandwidth')
  const patch = '{"spec":{"bandwidth":"100Mbps"}}'
  await stage.kubectl('cloud', ['patch', 'transitrouterpeerattachment', peerAttachment, '--type=merge', '-p', patch])
  await diagnosis(stage).getByText('ready', { exact: true }).waitFor()
  assert.equal(await diagnosis(stage).locator('[data-status=False]').count(), 0)
  silent(stage.admin)
}
