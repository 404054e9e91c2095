import type { Locator, Page } from 'playwright-core'

/** The YAML editor of a label, with all of its text replaced as somebody who pastes does. */
export async function write(page: Page, label: string | RegExp, text: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: label })
  await editor.click()
  await page.keyboard.press('Control+A')
  // A browser that replaces styled text by itself writes style attributes, which the page's policy reports; a paste is the
  // editor's own doing.
  await editor.evaluate((element, pasted) => {
    const { DataTransfer: Data, ClipboardEvent: Paste } = globalThis as unknown as Clipboard
    const clipboardData = new Data()
    clipboardData.setData('text/plain', pasted)
    const event = new Paste('paste', { clipboardData, bubbles: true, cancelable: true })
    ;(element as unknown as { dispatchEvent(event: unknown): void }).dispatchEvent(event)
  }, text)
}

/** Of the browser, where the function runs. */
interface Clipboard {
  readonly DataTransfer: new () => { setData(type: string, text: string): void }
  readonly ClipboardEvent: new (type: string, init: object) => unknown
}

/** Reviews what would be written, and writes it; the dialog is left open where the write is in conflict. */
export async function review(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Review and save' }).click()
  return page.getByRole('dialog', { name: /^Save:/ })
}

export async function save(page: Page): Promise<void> {
  const dialog = await review(page)
  await dialog.getByText('The API server has checked it', { exact: false }).waitFor()
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
}
