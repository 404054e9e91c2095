import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pagePolicy } from './headers.ts'
import { sendText } from './send.ts'

/** Where `vite build` of packages/console puts the console. */
export const consoleDirectory = fileURLToPath(new URL('../../../../console/dist/', import.meta.url))

/** Replaced in index.html by a nonce of its own for each answer; the page hands it to what makes style elements. */
export const noncePlaceholder = '__ISTHMUS_NONCE__'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
}

const packed = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** The console's files; what is none of them is the page itself, whose router knows the path. */
export async function serveConsole(
  directory: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = fileOf(directory, path)
  if (file && path !== '/' && (await isFile(file))) return sendFile(file, path, request, response)
  // A file that is asked for and gone (an old page after an upgrade) is not a page.
  if (extname(path) !== '' && path.startsWith('/assets/'))
    return sendText(response, 404, 'text/plain; charset=utf-8', 'no such file\n')
  let page: string
  try {
    page = await readFile(join(directory, 'index.html'), 'utf8')
  } catch {
    return sendText(
      response,
      404,
      'text/plain; charset=utf-8',
      'The console is not built here: npm run build -w @isthmus/console\n',
    )
  }
  const nonce = randomBytes(16).toString('base64url')
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': pagePolicy(nonce),
    'cache-control': 'no-cache',
  })
  response.end(request.method === 'HEAD' ? undefined : page.replaceAll(noncePlaceholder, nonce))
}

async function sendFile(file: string, path: string, request: IncomingMessage, response: ServerResponse) {
  const accepts = String(request.headers['accept-encoding'] ?? '')
  let chosen = { file, encoding: '' }
  for (const [encoding, suffix] of packed)
    if (new RegExp(`\\b${encoding}\\b`).test(accepts) && (await isFile(file + suffix))) {
      chosen = { file: file + suffix, encoding }
      break
    }
  const { size } = await stat(chosen.file)
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-length': size,
    // Vite's names hold a hash of the content.
    'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    vary: 'accept-encoding',
    ...(chosen.encoding && { 'content-encoding': chosen.encoding }),
  })
  if (request.method === 'HEAD') return void response.end()
  createReadStream(chosen.file)
    .on('error', () => response.destroy())
    .pipe(response)
}

/** Undefined where the path leads out of the directory. */
function fileOf(directory: string, path: string): string | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return undefined
  }
  if (decoded.includes('\0')) return undefined
  const file = normalize(join(directory, decoded))
  return file.startsWith(directory.endsWith(sep) ? directory : directory + sep) ? file : undefined
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    s => s.isFile(),
    () => false,
  )
}
