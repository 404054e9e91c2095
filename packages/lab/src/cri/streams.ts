import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { request } from 'node:http'
import { status } from '@grpc/grpc-js'
import { CallError } from './protocol.ts'

/** What the stream server is asked to serve; see packages/kube-binary/stream.go. */
export interface StreamRequest {
  readonly cmd?: readonly string[]
  readonly tty?: boolean
  readonly stdin?: boolean
  readonly stdout?: boolean
  readonly stderr?: boolean
  readonly netns?: string
  readonly port?: readonly number[]
  readonly attach?: { log: string; from: number; input: string; ended: string; closeInput: string }
}

export interface StreamsOptions {
  readonly kube: string
  readonly socket: string
  readonly port: number
  readonly logFile: string
}

/** The stream server of a node: started when the first stream is wanted, since most nodes never have one. */
export class Streams {
  readonly #options: StreamsOptions
  #starting: Promise<void> | undefined

  constructor(options: StreamsOptions) {
    this.#options = options
  }

  /** The URL at which the kubelet finds the stream. */
  async url(kind: 'exec' | 'attach' | 'portforward', wanted: StreamRequest): Promise<string> {
    const body = JSON.stringify(wanted)
    try {
      return await this.#ask(kind, body)
    } catch (error) {
      if (error instanceof CallError) throw error
    }
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined
    })
    await this.#starting
    return this.#ask(kind, body)
  }

  #ask(kind: string, body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.#options.socket, path: `/${kind}`, method: 'POST' }, answer => {
        let text = ''
        answer.on('data', chunk => {
          text += chunk
        })
        answer.on('end', () =>
          answer.statusCode === 200 ? resolve(text.trim()) : reject(new CallError(status.UNKNOWN, text.trim())),
        )
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }

  async #start(): Promise<void> {
    const { kube, socket, port, logFile } = this.#options
    const log = openSync(logFile, 'a')
    const server = spawn(kube, ['cri-stream', `127.0.0.1:${port}`, socket], {
      stdio: ['ignore', log, log],
      env: { ...process.env, GOGC: '50', GOMAXPROCS: '2' },
      detached: true,
    })
    closeSync(log)
    let ended = false
    server.once('error', () => {
      ended = true
    })
    server.once('exit', () => {
      ended = true
    })
    for (let i = 0; i < 200 && !ended; i++) {
      await new Promise(resolve => setTimeout(resolve, 50))
      const up = await this.#ask('up', '').catch(error => error instanceof CallError)
      if (up) return
    }
    throw new CallError(status.UNAVAILABLE, `the stream server did not start; see ${logFile}`)
  }
}
