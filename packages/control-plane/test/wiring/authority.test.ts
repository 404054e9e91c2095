import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubeError, type Secret } from '@isthmus/kubernetes'
import { meshAuthority } from '../../src/wiring/authority.ts'

test('two control planes that start at once have one authority: the one that was made first', async () => {
  let held: Secret | undefined
  /** As a mesh API answers where another was faster between the look and the write. */
  const mesh = {
    find: async () => undefined,
    get: async () => held,
    create: async (secret: Secret) => {
      if (held) throw new KubeError('alreadyExists', 409, 'AlreadyExists', 'POST secrets', 'it is there')
      held = secret
      return secret
    },
  } as never
  const now = Date.now()
  const [one, other] = [await meshAuthority(mesh, now), await meshAuthority(mesh, now)]
  assert.equal(other.certificate, one.certificate)
})
