import { request } from 'node:http'
import { parseServedBy } from '../../../../samples/bookinfo/src/common/identity.ts'

/** One answer to a request for the product page. */
export interface Page {
  /** 0: no answer. */
  readonly status: number
  readonly body: string
  /** Which pods had a part in it, productpage's first. */
  readonly servedBy: readonly { pod: string; region?: string }[]
  readonly ms: number
}

/** One request on a connection of its own, as curl makes it. */
export function getPage(url: string, timeoutMs = 15_000): Promise<Page> {
  const began = performance.now()
  return new Promise(resolve => {
    const end = (status: number, body: string, header?: string | string[]) => {
      clearTimeout(deadline)
      const servedBy = parseServedBy(Array.isArray(header) ? header.join(',') : header)
      resolve({ status, body, servedBy, ms: performance.now() - began })
    }
    const call = request(url, { agent: false }, response => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', chunk => {
        body += chunk
      })
      response.on('error', () => end(0, ''))
      response.on('end', () => end(response.statusCode ?? 0, body, response.headers['x-served-by']))
    })
    const deadline = setTimeout(() => {
      call.destroy()
      end(0, '')
    }, timeoutMs)
    call.on('error', () => end(0, ''))
    call.end()
  })
}

/** Requests `count` pages, at most `atOnce` at a time. */
export async function getPages(url: string, count: number, atOnce = 1): Promise<readonly Page[]> {
  const pages: Page[] = []
  let left = count
  const worker = async () => {
    while (left-- > 0) pages.push(await getPage(url))
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return pages
}

/** What `grep full.stars` would print of a page. */
export function fullStars(page: { readonly body: string }): readonly string[] {
  return page.body.split('\n').filter(line => /full.stars/.test(line))
}

/** A page that is all there: the known application says with status 200 that a part of it is missing. */
export function isWhole(body: string): boolean {
  return !/Error fetching product (reviews|details)!|Ratings service is currently unavailable/.test(body)
}

/** Which version of reviews made a page. */
export function reviewsVersion(page: { readonly body: string }): 'v1' | 'v2' | 'v3' | 'none' {
  if (!page.body.includes('Reviewer1')) return 'none'
  if (fullStars(page).length === 0) return 'v1'
  return page.body.includes('color="red"') ? 'v3' : 'v2'
}

/** What several requests gave, added up. */
export interface PageCount {
  readonly requests: number
  /** Lines with `full stars` in all pages together. */
  readonly lines: number
  /** Pages with stars. */
  readonly starred: number
  /** No answer, a status other than 200, or a page with a part missing. */
  readonly failed: number
  readonly versions: Readonly<Record<'v1' | 'v2' | 'v3' | 'none', number>>
  /** How many pages a region had a part in. */
  readonly regions: Readonly<Record<string, number>>
  readonly slowestMs: number
}

export function countPages(pages: readonly Page[]): PageCount {
  const versions = { v1: 0, v2: 0, v3: 0, none: 0 }
  const regions: Record<string, number> = {}
  for (const page of pages) {
    versions[reviewsVersion(page)]++
    for (const region of new Set(page.servedBy.map(member => member.region ?? 'unknown')))
      regions[region] = (regions[region] ?? 0) + 1
  }
  return {
    requests: pages.length,
    lines: pages.reduce((sum, page) => sum + fullStars(page).length, 0),
    starred: pages.filter(page => fullStars(page).length > 0).length,
    failed: pages.filter(page => page.status !== 200 || !isWhole(page.body)).length,
    versions,
    regions,
    slowestMs: Math.max(0, ...pages.map(page => page.ms)),
  }
}

/** `20 lines, 0 failed`, and what makes sense of it. */
export function describe(count: PageCount): string {
  return `${count.lines} lines in ${count.requests} requests, ${count.failed} failed`
}
