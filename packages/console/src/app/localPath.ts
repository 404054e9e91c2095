/** Only a path of this site; anything else is the overview. */
export function localPath(to: string | null): string {
  return to && /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-in') ? to : '/'
}
