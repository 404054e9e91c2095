import type { ServerResponse } from 'node:http'
import type { Problem } from '@isthmus/api'
import { dataPolicy } from './headers.ts'

/** Maps as objects, bigints as numbers. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, v) =>
    v instanceof Map ? Object.fromEntries(v) : typeof v === 'bigint' ? Number(v) : v,
  )
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendText(response, status, 'application/json', `${jsonText(body)}\n`, headers)
}

export function sendText(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': dataPolicy,
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(text)
}

export function sendProblem(
  response: ServerResponse,
  status: number,
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendJson(response, status, problem, headers)
}
