// curl, as far as people use it against a service: for pods on machines that have no curl.
import { writeFileSync } from 'node:fs'
import { parseCurl, writeOut } from './arguments.ts'
import { type Transfer, TransferError, transfer } from './transfer.ts'

let silent = false
try {
  const options = parseCurl(process.argv.slice(2))
  silent = options.silent && !options.showError
  for (const url of options.urls) {
    const result = await transfer(url, options)
    if (options.verbose) process.stderr.write(head(result).replace(/^/gm, '< '))
    if (options.fail && (result.response.statusCode ?? 0) >= 400) {
      process.exitCode = 22
      if (!silent) console.error(`curl: (22) The requested URL returned error: ${result.response.statusCode}`)
    } else {
      if (options.includeHeaders) process.stdout.write(head(result))
      if (options.output === undefined) process.stdout.write(result.body)
      else if (options.output !== '/dev/null') writeFileSync(options.output, result.body)
    }
    if (options.writeOut !== undefined) process.stdout.write(writeOut(options.writeOut, variables(result)))
  }
} catch (error) {
  process.exitCode = error instanceof TransferError ? error.exitCode : 2
  if (!silent) console.error(`curl: (${process.exitCode}) ${error instanceof Error ? error.message : error}`)
}

function head({ response }: Transfer): string {
  const lines = [`HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`]
  for (let at = 0; at < response.rawHeaders.length; at += 2) {
    lines.push(`${response.rawHeaders[at]}: ${response.rawHeaders[at + 1]}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}

function variables(result: Transfer): Record<string, string> {
  const code = String(result.response.statusCode ?? 0).padStart(3, '0')
  return {
    http_code: code,
    response_code: code,
    time_total: result.totalSeconds.toFixed(6),
    time_connect: result.connectSeconds.toFixed(6),
    size_download: String(result.body.length),
    num_redirects: String(result.redirects),
    url_effective: result.url,
    content_type: result.response.headers['content-type'] ?? '',
    remote_ip: result.response.socket.remoteAddress ?? '',
  }
}
