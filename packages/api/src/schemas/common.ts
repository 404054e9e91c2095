import { Type } from 'typebox'

/** Milliseconds since the epoch. */
export const Time = Type.Integer({ description: 'Milliseconds since the epoch.' })
export const Percent = Type.Number({ description: 'Percent, 0 to 100.' })

/** What every refusal says. `code` is of the error table (docs/reference/errors.md). */
export const Problem = Type.Object({
  code: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  message: Type.String(),
  mend: Type.Optional(Type.String({ description: 'What to do.' })),
  /** Errors of single fields of a written object, as the API server names them. */
  fields: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
  /** With a conflict (409): what is there now. */
  current: Type.Optional(Type.Object({ yaml: Type.String(), resourceVersion: Type.String() })),
})

export const ObjectRef = Type.Object({
  cluster: Type.String({ description: "Member cluster; '' is the mesh API or the configuration directory." }),
  kind: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
})

export const Finding = Type.Object({
  code: Type.String(),
  reason: Type.String(),
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning'), Type.Literal('info')]),
  object: ObjectRef,
  field: Type.Optional(Type.String()),
  message: Type.String(),
  mend: Type.String(),
})

export const PageQuery = {
  search: Type.Optional(Type.String({ maxLength: 256 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
}

/** `total` counts all that match, not only those of the page. */
export const Page = { total: Type.Integer(), offset: Type.Integer() }

/** How a figure came about. Nothing is shown without it. */
export const Basis = Type.Union([Type.Literal('measured'), Type.Literal('intended')])

export const Condition = Type.Object({
  type: Type.String(),
  status: Type.Union([Type.Literal('True'), Type.Literal('False'), Type.Literal('Unknown')]),
  reason: Type.String(),
  message: Type.String(),
  lastTransitionTime: Type.Optional(Type.String()),
})
