import { closeSync, constants, mkdirSync, openSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { dirname } from 'node:path'
import { LogCutter, type LogStream } from './format.ts'

/** Carries a container's output from its fifos to its log file until it is over. */
export interface LogPump {
  /** Resolves when both fifos are at their end and written out. */
  readonly done: Promise<void>
  /** Goes on in a new file of the same name: the kubelet has moved the old one away. */
  reopen(): void
}

/** @param file the log file; without one the output is read and dropped, so that the container never blocks. */
export function pumpLogs(fifos: Readonly<Record<LogStream, string>>, file: string | undefined): LogPump {
  let log = file === undefined ? -1 : openLog(file)
  const write = (bytes: Buffer) => {
    if (log >= 0 && bytes.length > 0) writeSync(log, bytes)
  }
  const pump = (stream: LogStream): Promise<void> =>
    new Promise(resolve => {
      const cutter = new LogCutter(stream)
      const fd = openSync(fifos[stream], constants.O_RDONLY | constants.O_NONBLOCK)
      const socket = new Socket({ fd, readable: true, writable: false })
      socket.on('data', chunk => write(cutter.push(chunk as Buffer, Date.now())))
      socket.on('error', () => {})
      socket.once('close', () => {
        write(cutter.end(Date.now()))
        resolve()
      })
    })
  const done = Promise.all([pump('stdout'), pump('stderr')]).then(() => {
    if (log >= 0) closeSync(log)
    log = -1
  })
  return {
    done,
    reopen() {
      if (log < 0 || file === undefined) return
      closeSync(log)
      log = openLog(file)
    },
  }
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true })
  return openSync(file, 'a', 0o640)
}
