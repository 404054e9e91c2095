import assert from 'node:assert/strict'
import { openWindow, picture, silent } from '../browser.ts'
import type { Stage } from '../stage.ts'

// A page that nobody has signed in for asks and is told so; the browser writes that down.
const signedOut = /401 \(Unauthorized\)/

/** The link of `isthmus console` signs in once. */
export async function byLink(stage: Stage): Promise<void> {
  const link = await stage.link()
  await stage.page.goto(link)
  await stage.page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  assert.doesNotMatch(stage.page.url(), /#./, 'the code stays in the address')
  assert.match((await stage.page.getByRole('button', { name: /isthmus-admin/ }).textContent()) ?? '', /isthmus-admin/)
  silent(stage.admin, signedOut)
  const second = await openWindow(stage.browser)
  await second.page.goto(link)
  await second.page.getByText('This link does not work (any more).', { exact: false }).waitFor()
  await second.context.close()
}

/** A token of the mesh API signs in; what is none is refused with words. */
export async function byToken(stage: Stage): Promise<void> {
  const window = await openWindow(stage.browser)
  const { page } = window
  await page.goto(new URL('/services', stage.page.url()).href)
  const token = page.getByLabel('Token', { exact: true })
  const enter = page.getByRole('button', { name: 'Sign in' })
  await token.fill('no-such-token')
  await enter.click()
  const alert = page.getByRole('alert')
  await alert.getByText('ISM5104', { exact: false }).waitFor()
  assert.match((await alert.textContent()) ?? '', /What to do/)
  await picture(page, 'sign-in-refused')
  const good = await stage.kubectl('mesh', 'create token isthmus-viewer -n istio-system')
  await token.fill(good)
  await enter.click()
  await page.getByRole('heading', { name: 'Services', level: 1 }).waitFor()
  const cookies = await window.context.cookies()
  const session = cookies.find(({ name }) => /isthmus-session$/.test(name))
  assert.ok(session?.httpOnly && session.sameSite === 'Strict', JSON.stringify(cookies.map(c => c.name)))
  await page.getByRole('button', { name: /isthmus-viewer/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.goto(new URL('/services', page.url()).href)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  silent(window, signedOut)
  await window.context.close()
}
