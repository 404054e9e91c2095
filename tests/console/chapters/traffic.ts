import assert from 'node:assert/strict'
import { tenthAway } from '@isthmus/lab/tutorial/steps/distribution.ts'
import { pageLoad, settled, tenRequests } from '@isthmus/lab/tutorial/traffic.ts'
import { rollout, scale } from '@isthmus/lab/tutorial/workloads.ts'
import { hangzhou, type Place, shanghai } from '@isthmus/lab/tutorial/world.ts'
import type { Locator } from 'playwright-core'
import { picture, silent } from '../browser.ts'
import { save } from '../editor.ts'
import type { Stage } from '../stage.ts'

const section = (stage: Stage, name: 'Failover' | 'Distribution') =>
  stage.page.getByRole('group', { name, exact: true })

/** Hangzhou has reviews v1 (no stars) and Shanghai v2 (black stars), as in the tutorial: a page shows where they come from. */
export async function versionsByRegion(stage: Stage): Promise<void> {
  await scale(stage.scene, hangzhou, ['reviews-v2', 'reviews-v3'], 0)
  await scale(stage.scene, shanghai, ['reviews-v1', 'reviews-v3'], 0)
}

async function choose(stage: Stage, field: Locator, region: string): Promise<void> {
  await field.click()
  await stage.page.getByRole('option', { name: region, exact: true }).click()
}

/** Failover both ways by clicks, previewed; the object at the mesh API is what was clicked. */
export async function failoverByClicks(stage: Stage): Promise<void> {
  const { page } = stage
  await stage.go('/regional-traffic')
  const failover = section(stage, 'Failover')
  for (const [index, place] of [hangzhou, shanghai].entries()) {
    await failover.getByRole('button', { name: 'Add failover rule' }).click()
    const from = failover.getByRole('combobox', { name: 'When this region fails' }).nth(index)
    if ((await from.inputValue()) !== place.region) await choose(stage, from, place.region)
  }
  await page.getByRole('heading', { name: 'What would change' }).waitFor()
  await page
    .getByRole('img', { name: /Shares of requests: With this change|Shares of requests: Now/ })
    .first()
    .waitFor()
  await picture(page, 'failover-preview')
  await save(page)
  const { spec } = JSON.parse(
    await stage.kubectl('mesh', 'get regionaltrafficpolicies -n istio-system -o jsonpath={.items[0]}'),
  )
  const rules = spec.failover.rules.map((rule: { from: string; to: string[] }) => [rule.from, ...rule.to])
  assert.deepEqual(rules.toSorted(), [
    ['cn-hangzhou', 'cn-shanghai'],
    ['cn-shanghai', 'cn-hangzhou'],
  ])
  silent(stage.admin)
}

async function scaleByClicks(stage: Stage, place: Place, deployment: string, replicas: number): Promise<void> {
  const { page } = stage
  await stage.go(`/clusters/${place.cluster}`)
  await page.getByRole('button', { name: `Scale ${deployment}`, exact: true }).click()
  const dialog = page.getByRole('dialog', { name: `Scale ${deployment}` })
  await dialog.getByLabel('Replicas').fill(String(replicas))
  await dialog.getByRole('button', { name: 'Scale', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
}

/** The matrix's cell of a row and a column, as percent measured. */
async function measured(stage: Stage, source: Place, destination: Place): Promise<number> {
  const table = stage.page.getByRole('region', { name: 'Who serves whom' })
  const heads = await table.locator('thead th').allTextContents()
  const row = table.locator('tbody tr').filter({ has: stage.page.locator('th', { hasText: source.region }) })
  const cell = row.locator('td').nth(heads.findIndex(head => head.includes(destination.region)) - 1)
  const text = (await cell.textContent()) ?? ''
  return Number(/^(\d+(?:\.\d+)?)\s?%/.exec(text)?.[1] ?? Number.NaN)
}

/** Reviews of Hangzhou scaled to nothing by clicks: the state, the matrix and curl agree, and again when it is back. */
export async function failOver(stage: Stage): Promise<void> {
  const { page, scene } = stage
  await settled(scene, hangzhou, 'reviews v1 only in Hangzhou', 90, count => count.versions.v1 === count.requests)
  const load = await pageLoad(scene, hangzhou, 10)
  try {
    const reviews = '/regional-traffic?service=reviews.default.svc.cluster.local'
    await stage.go(reviews)
    await stage.until('the matrix has reviews of Hangzhou at home', async () => {
      const percent = await measured(stage, hangzhou, hangzhou)
      return percent >= 99 || `${percent}%`
    })
    await picture(page, 'regional-before')
    await scaleByClicks(stage, hangzhou, 'reviews-v1', 0)
    await stage.go('/')
    const card = page.getByRole('article', { name: hangzhou.region })
    await card
      .getByText(/^(partly )?failed over$/)
      .first()
      .waitFor()
    await picture(page, 'overview-failed-over')
    await stage.go(reviews)
    await stage.until('the matrix has moved', async () => {
      const percent = await measured(stage, hangzhou, shanghai)
      return percent > 50 || `${percent}%`
    })
    await picture(page, 'regional-failed-over')
    await settled(scene, hangzhou, 'reviews v2 from Shanghai', 90, count => count.versions.v2 === count.requests)
    const count = await tenRequests(scene, hangzhou)
    assert.deepEqual([count.lines, count.failed], [20, 0])
    await scaleByClicks(stage, hangzhou, 'reviews-v1', 1)
    await rollout(scene, hangzhou, 'reviews-v1')
    await stage.go('/')
    await card.getByText('normal', { exact: true }).waitFor()
    await settled(scene, hangzhou, 'reviews v1 again', 90, count => count.versions.v1 === count.requests)
  } finally {
    await load.stop()
  }
  silent(stage.admin)
}

/** Failover off, a tenth to Shanghai, by clicks; of ten requests one comes from there. */
export async function distributionByClicks(stage: Stage): Promise<void> {
  const { page, scene } = stage
  await stage.go('/regional-traffic')
  await section(stage, 'Failover').getByRole('switch', { name: 'Failover in force' }).uncheck({ force: true })
  const distribution = section(stage, 'Distribution')
  await distribution.getByRole('button', { name: 'Add distribution rule' }).click()
  const from = distribution.getByRole('combobox', { name: 'Requests from' })
  if ((await from.inputValue()) !== hangzhou.region) await choose(stage, from, hangzhou.region)
  await distribution.getByLabel(`Percent to ${shanghai.region}`).fill('10')
  await distribution.getByText(`90% stays in ${hangzhou.region}`).waitFor()
  await picture(page, 'distribution-preview')
  await save(page)
  const count = await tenthAway(scene)
  assert.deepEqual([count.lines, count.failed], [2, 0])
  silent(stage.admin, /409 \(Conflict\)/)
}
