import type { ErrorCode } from '@isthmus/errors'
import type { KubeObject } from '@isthmus/kubernetes'
import type { Finding, Origin } from '../model/index.ts'

/** What a parser may know besides the object. */
export interface ParseContext {
  /** Member cluster's name; '' for the mesh API or a directory. */
  readonly cluster: string
  /** Kubernetes' DNS domain: `cluster.local`. */
  readonly domain: string
  /** Where the object stands in a configuration directory. */
  readonly file?: string
  readonly line?: number
}

/** A value, unless something was wrong with the object; findings either way. */
export interface Parsed<T> {
  readonly value?: T
  readonly findings: readonly Finding[]
}

/** An object as it comes; nothing below metadata has been checked. */
export interface RawObject extends KubeObject {
  readonly spec?: unknown
}

export const meshContext: ParseContext = { cluster: '', domain: 'cluster.local' }

export function originOf(object: KubeObject, context: ParseContext): Origin {
  return {
    cluster: context.cluster,
    apiVersion: object.apiVersion,
    kind: object.kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    ...(object.metadata.generation !== undefined && { generation: object.metadata.generation }),
    ...(context.file !== undefined && { file: context.file }),
    ...(context.line !== undefined && { line: context.line }),
  }
}

/** Collects everything that is wrong with one object, instead of stopping at the first. */
export class Report {
  readonly origin: Origin
  readonly findings: Finding[] = []

  constructor(origin: Origin) {
    this.origin = origin
  }

  /** The object will not be used. */
  error(field: string, message: string, code: ErrorCode = 'ISM2001'): void {
    this.#add('error', code, field, message)
  }

  /** The object is used all the same. */
  warn(field: string, message: string, code: ErrorCode = 'ISM2003'): void {
    this.#add('warning', code, field, message)
  }

  get failed(): boolean {
    return this.findings.some(f => f.severity === 'error')
  }

  /** The result of a parser: `value` only where no error was found. */
  result<T>(value: T): Parsed<T> {
    return this.failed ? { findings: this.findings } : { value, findings: this.findings }
  }

  #add(severity: Finding['severity'], code: ErrorCode, field: string, message: string): void {
    this.findings.push({ code, severity, origin: this.origin, ...(field && { field }), message })
  }
}
