import { Type } from 'typebox'
import { Time } from './common.ts'

/** One thing the signed-in user may do; what the console greys out. RBAC of the mesh API decides again at each write. */
export const Permission = Type.Object({
  action: Type.Union([
    Type.Literal('read'),
    Type.Literal('editRegionalTraffic'),
    Type.Literal('editRules'),
    Type.Literal('addClusters'),
    Type.Literal('scaleWorkloads'),
    Type.Literal('setInjection'),
    Type.Literal('readLogs'),
  ]),
  allowed: Type.Boolean(),
  /** Why not, in words. */
  why: Type.Optional(Type.String()),
})

export const Session = Type.Object({
  user: Type.String(),
  groups: Type.Array(Type.String()),
  permissions: Type.Array(Permission),
  /** To be sent back as header `x-isthmus-csrf` with each POST, PUT and DELETE. */
  csrfToken: Type.String(),
  expiresAt: Time,
  mesh: Type.Object({
    name: Type.String(),
    version: Type.String(),
    /** mesh: a mesh API behind it. directory: files, read only. */
    source: Type.Union([Type.Literal('mesh'), Type.Literal('directory')]),
    rootNamespace: Type.String(),
    lab: Type.Boolean(),
  }),
})

export const SignIn = Type.Object({ token: Type.String({ minLength: 1, maxLength: 16384 }) })
export const SignInByLink = Type.Object({ code: Type.String({ minLength: 16, maxLength: 256 }) })
export const SignInLink = Type.Object({
  path: Type.String({ description: '/sign-in#CODE: works once.' }),
  expiresAt: Time,
})
