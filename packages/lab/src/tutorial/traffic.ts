import { type Load, startLoad } from '../programs/load/load.ts'
import type { Summary } from '../programs/load/summary.ts'
import { countPages, getPage, getPages, isWhole, type PageCount } from './pages.ts'
import type { Scene } from './scene.ts'
import { when } from './wait.ts'
import type { Place } from './world.ts'

/** The tutorial's loop: ten requests, and how many lines with `full stars` they give. Shown as it would be typed. */
export async function tenRequests(scene: Scene, place: Place): Promise<PageCount> {
  const url = `${await scene.gateway(place)}/productpage`
  scene.narrator.command(`for i in $(seq 10); do curl -s ${url} | grep full.stars; done | wc -l`)
  const count = countPages(await getPages(url, 10))
  scene.narrator.output(String(count.lines))
  return count
}

/** Many requests, a few at a time. */
export async function manyRequests(scene: Scene, place: Place, requests: number, atOnce: number): Promise<PageCount> {
  const url = `${await scene.gateway(place)}/productpage`
  scene.narrator.command(`for i in $(seq ${requests}); do curl -s ${url} | grep -c full.stars; done | sort | uniq -c`)
  const count = countPages(await getPages(url, requests, atOnce))
  scene.narrator.output(`${requests - count.starred} × 0, ${count.starred} × 2`)
  return count
}

/** Waits until five pages in a row are whole and satisfy a condition. */
export async function settled(
  scene: Scene,
  place: Place,
  what: string,
  seconds: number,
  fits: (count: PageCount) => boolean,
): Promise<PageCount> {
  const url = `${await scene.gateway(place)}/productpage`
  let last: PageCount | undefined
  await scene.wait(what, seconds, async () => {
    const first = countPages([await getPage(url, 8000)])
    if (first.failed > 0 || !fits(first)) return when(false, describeVersions(first))
    last = countPages(await getPages(url, 5))
    return when(last.failed === 0 && fits(last), describeVersions(last))
  })
  return last!
}

function describeVersions(count: PageCount): string {
  const seen = Object.entries(count.versions).filter(([, pages]) => pages > 0)
  return seen
    .map(([version, pages]) => `${pages} with ${version === 'none' ? 'no reviews' : `reviews ${version}`}`)
    .join(', ')
}

/** A steady load on a gateway's product page; a page with a part missing counts as failed. */
export async function pageLoad(scene: Scene, place: Place, rate: number): Promise<Load> {
  const url = `${await scene.gateway(place)}/productpage`
  scene.narrator.command(`load --rate ${rate} ${url} &`)
  return startLoad({ url, rate, home: place.region, accept: isWhole, timeoutMs: 10_000 })
}

/** `0 of 240 failed`, with what failed. */
export function describeLoad(summary: Summary): string {
  const kinds = Object.entries(summary.failures).map(([kind, count]) => `${count} ${kind}`)
  return `${summary.failed} of ${summary.sent} failed${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`
}

/**
 * What a gateway's own access log says of requests that failed: where each went and why it ended. '' where none did, so
 * that a reader has the cause beside the count.
 */
export async function failuresAt(scene: Scene, place: Place, summary: Summary): Promise<string> {
  if (summary.failed === 0) return ''
  const since = Math.ceil(summary.seconds) + 5
  const words = `-n istio-system logs deployment/istio-ingressgateway --since=${since}s`
  const log = await scene.tools.kubectl(place.cluster, words, { show: false }).catch(() => '')
  const failed = log.split('\n').flatMap(line => {
    try {
      const { response_code: code, response_flags: flags, upstream_host: host, attempts, duration } = JSON.parse(line)
      return code >= 400 || code === 0 ? [`${code} ${flags} at ${host}, ${attempts} attempts, ${duration} ms`] : []
    } catch {
      return []
    }
  })
  return failed.length > 0 ? `; ${place.cluster}'s gateway says: ${failed.slice(0, 3).join(', ')}` : ''
}
