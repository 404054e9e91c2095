import assert from 'node:assert/strict'
import type { Locator } from 'playwright-core'
import { picture, silent } from '../browser.ts'
import type { Stage } from '../stage.ts'

/** Who may only read sees everything, is told beforehand what they may not do and why, and cannot do it. */
export async function readsOnly(stage: Stage): Promise<void> {
  const viewer = await stage.enter('viewer')
  const { page } = viewer
  const refused = async (button: Locator) => {
    await button.waitFor()
    assert.equal(await button.getAttribute('aria-disabled'), 'true')
    await button.hover()
    await page
      .getByRole('tooltip')
      .getByText(/\b(patch|update|create|scale)\b/)
      .first()
      .waitFor()
    await button.click({ force: true })
    assert.equal(await page.getByRole('dialog').count(), 0)
  }
  await stage.go('/regional-traffic', page)
  const told = page.getByRole('status').filter({ hasText: 'regionaltrafficpolicies' })
  await told.waitFor()
  assert.ok(await page.getByRole('button', { name: 'Add failover rule' }).isDisabled())
  await picture(page, 'viewer-regional')
  await stage.go('/clusters/ack-hangzhou', page)
  await refused(page.getByRole('button', { name: 'Scale reviews-v1', exact: true }))
  await stage.go('/clusters', page)
  await refused(page.getByRole('button', { name: 'Add a cluster' }))
  await stage.go('/rules/DestinationRule/default/reviews', page)
  const editor = page.locator('.cm-content')
  await editor.getByText('maxRequestsPerConnection').waitFor()
  assert.equal(await editor.getAttribute('contenteditable'), 'false')
  // The pages keep nobody from asking by hand: the API server does.
  const answer = await page.evaluate(`(async () => {
    const session = await (await fetch('/api/v1/session')).json()
    const answer = await fetch('/api/v1/objects/DestinationRule/default/reviews', {
      method: 'DELETE', headers: { 'x-isthmus-csrf': session.csrfToken },
    })
    return { status: answer.status, code: (await answer.json()).code }
  })()`)
  assert.deepEqual(answer, { status: 403, code: 'ISM5105' })
  assert.match(await stage.kubectl('mesh', 'get destinationrule reviews -o name'), /reviews/)
  silent(viewer, /403 \(Forbidden\)|401 \(Unauthorized\)/)
  await viewer.context.close()
}
