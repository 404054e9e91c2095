import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** One line of a uid_map: `length` ids from `inside` in the sandbox are those from `outside` here. */
export interface IdRange {
  readonly inside: number
  readonly outside: number
  readonly length: number
}

const single = (id: number): IdRange[] => [{ inside: 0, outside: id, length: 1 }]
const text = (ranges: readonly IdRange[]) => ranges.map(r => `${r.inside} ${r.outside} ${r.length}\n`).join('')

/** The range of an /etc/subuid line `name:start:count`, by name or by number. */
export function subordinate(file: string, user: { username: string; uid: number }): IdRange | undefined {
  for (const line of file.split('\n')) {
    const [who, start, count] = line.split(':')
    if ((who === user.username || who === String(user.uid)) && Number(count) > 0)
      return { inside: 1, outside: Number(start), length: Number(count) }
  }
  return undefined
}

/**
 * Gives the new user namespace of process `pid` its ids, as many as this user may give: root the first 65,536 as
 * they are, an ordinary user those of /etc/subuid through newuidmap, else one. With one, `runAsUser` other than 0
 * fails in the lab.
 * @returns how many ids the sandbox has.
 */
export async function mapIdentities(pid: number): Promise<number> {
  const user = currentUser()
  if (user.uid === 0) {
    try {
      await writeFile(`/proc/${pid}/uid_map`, '0 0 65536\n')
      await writeFile(`/proc/${pid}/gid_map`, '0 0 65536\n')
      return 65536
    } catch {
      // A root of a user namespace that has fewer ids itself.
    }
  } else {
    const [uids, gids] = await Promise.all(
      ['/etc/subuid', '/etc/subgid'].map(f =>
        readFile(f, 'utf8').then(
          t => subordinate(t, user),
          () => undefined,
        ),
      ),
    )
    if (uids && gids) {
      const args = (r: IdRange[]) => [String(pid), ...r.flatMap(x => [x.inside, x.outside, x.length].map(String))]
      try {
        await run('newgidmap', args([...single(user.gid), gids]))
        await run('newuidmap', args([...single(user.uid), uids]))
        return Math.min(uids.length, gids.length) + 1
      } catch {
        // Not installed, or not allowed: one id does.
      }
    }
  }
  await writeFile(`/proc/${pid}/setgroups`, 'deny').catch(() => {})
  await writeFile(`/proc/${pid}/uid_map`, text(single(user.uid))).catch(ignoreWhenSet)
  await writeFile(`/proc/${pid}/gid_map`, text(single(user.gid))).catch(ignoreWhenSet)
  return 1
}

/** A map can be written once; half of the wide one may stand already. */
function ignoreWhenSet(error: NodeJS.ErrnoException) {
  if (error.code !== 'EPERM') throw error
}

/** An id without an entry in /etc/passwd, as containers have them, is known by its number alone. */
function currentUser(): { username: string; uid: number; gid: number } {
  try {
    return userInfo()
  } catch {
    const uid = process.getuid?.() ?? -1
    return { username: String(uid), uid, gid: process.getgid?.() ?? -1 }
  }
}
