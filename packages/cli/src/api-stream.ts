import { IsthmusError } from '@isthmus/errors'
import { apiFetch, type MeshOptions, refusal } from './mesh-api.ts'

export interface StreamEvent<T> {
  readonly topic: string
  readonly data: T
}

const firstPauseMs = 500
const longestPauseMs = 10_000

/**
 * The control plane's server-sent events, for good: where the connection ends it is made again, with a fresh token. Throws
 * what the control plane refuses at the first try.
 */
export async function* apiStream<T>(
  topics: readonly string[],
  options: MeshOptions,
  query: Readonly<Record<string, string>> = {},
): AsyncGenerator<StreamEvent<T>> {
  const path = `/api/v1/stream?${new URLSearchParams({ topics: topics.join(','), ...query })}`
  let pause = firstPauseMs
  for (let first = true; ; first = false) {
    try {
      const response = await apiFetch(path, options)
      if (!response.ok || !response.body) throw refusal(response, await response.text())
      pause = firstPauseMs
      for await (const event of events<T>(response.body)) if (topics.includes(event.topic)) yield event
    } catch (error) {
      if (first && error instanceof IsthmusError) throw error
      console.error(`${(error as Error).message}; trying again`)
    }
    await new Promise(resolve => setTimeout(resolve, pause))
    pause = Math.min(pause * 2, longestPauseMs)
  }
}

/** `event:` and `data:` lines, an empty line between events. */
async function* events<T>(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent<T>> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const topic = lines.find(l => l.startsWith('event: '))?.slice('event: '.length)
      const data = lines.find(l => l.startsWith('data: '))?.slice('data: '.length)
      if (topic && data) yield { topic, data: JSON.parse(data) as T }
    }
  }
}
