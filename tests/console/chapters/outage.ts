import assert from 'node:assert/strict'
import { picture, silent } from '../browser.ts'
import type { Stage } from '../stage.ts'

/** The control plane killed: the last picture stays, with its age and marked; and is live again by itself. */
export async function controlPlaneLost(stage: Stage): Promise<void> {
  const { page } = stage
  await stage.go('/')
  const mark = page.getByRole('banner').getByRole('status')
  await mark.getByText('Live', { exact: true }).waitFor()
  const card = page.getByRole('article', { name: 'cn-hangzhou' })
  await card.waitFor()
  // While there is time the other pages' files are fetched.
  await stage.until('all pages are at hand', async () =>
    page.evaluate(`performance.getEntriesByType('resource').some(({ name }) => name.includes('/EventsPage'))`),
  )
  await stage.lab.killControlPlane({ stay: true })
  try {
    await lastPicture(stage)
  } finally {
    await stage.lab.startControlPlane()
  }
  // Sessions are in memory only: it asks who it is, and comes back to where it was.
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.goto(await stage.link())
  await mark.getByText('Live', { exact: true }).waitFor()
  assert.equal(await page.getByRole('alert').filter({ hasText: 'Control plane unreachable' }).count(), 0)
  await stage.until('the regions are normal again', async () => {
    const text = (await card.textContent()) ?? ''
    return /normal/.test(text) || text
  })
  silent(stage.admin, /ERR_|Failed to load resource|EventSource/)
}

async function lastPicture(stage: Stage): Promise<void> {
  const { page } = stage
  const card = page.getByRole('article', { name: 'cn-hangzhou' })
  const banner = page.getByRole('alert').filter({ hasText: 'Control plane unreachable' }).first()
  await banner.getByText('This is the last picture', { exact: false }).waitFor()
  const age = async () => /for (.+?)\. This/.exec((await banner.textContent()) ?? '')?.[1] ?? ''
  const first = await age()
  assert.ok(await card.isVisible(), 'the last picture is gone')
  await picture(page, 'control-plane-lost')
  await stage.until('the age grows', async () => (await age()) !== first || first)
  // A page that was not open says what is the matter, and does not break; the one before is there as it was.
  const rail = page.getByRole('navigation', { name: 'Pages' })
  await rail.getByRole('link', { name: 'Proxies' }).click()
  await page.getByRole('heading', { name: 'Proxies', level: 1 }).waitFor()
  await page.locator('main').getByText('Control plane unreachable').nth(1).waitFor()
  await picture(page, 'control-plane-lost-elsewhere')
  await rail.getByRole('link', { name: 'Overview' }).click()
  await card.waitFor()
}
