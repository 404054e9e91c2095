/** The one book there is. */
export const products = [
  {
    id: 0,
    title: 'The Comedy of Errors',
    descriptionHtml:
      '<a href="https://en.wikipedia.org/wiki/The_Comedy_of_Errors">The Comedy of Errors</a> is one of <b>William Shakespeare\'s</b> early plays, the shortest of them all and among the most farcical: two pairs of twins with the same names, parted as babies, come to be in one town on one day, and nobody knows who is who.',
  },
] as const
