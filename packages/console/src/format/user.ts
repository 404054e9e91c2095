/** A user as people say it: a service account by namespace and name, others as they are. */
export function shortUser(user: string): string {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user)
  return account ? `${account[1]}/${account[2]}` : user
}
