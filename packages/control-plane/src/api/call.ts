import type { Body, OperationId, Params, Query, Response } from '@isthmus/api'

/** Who asks. */
export interface Caller {
  readonly user: string
  readonly groups: readonly string[]
  /** Their bearer token of the mesh API; undefined where there is no mesh API. */
  readonly token?: string
  /** The session it came with; undefined: a bearer token of its own, or loopback. */
  readonly session?: { readonly csrfToken: string; readonly expiresAt: number }
}

/** One request, after its input was checked against the operation's schemas. */
export interface Call<Id extends OperationId = OperationId> {
  readonly id: Id
  readonly params: Params<Id>
  readonly query: Query<Id>
  readonly body: Body<Id>
  readonly caller: Caller
}

/** Operations that the HTTP layer answers itself: they set cookies, or never end. */
export type OwnOperation = 'signIn' | 'signInByLink' | 'signOut' | 'stream'

export type Handler<Id extends OperationId> = (call: Call<Id>) => Promise<Response<Id>> | Response<Id>
export type Handlers = { readonly [Id in Exclude<OperationId, OwnOperation>]: Handler<Id> }
