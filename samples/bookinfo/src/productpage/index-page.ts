import { html, type Markup } from './html.ts'
import { layout } from './layout.ts'

interface Node {
  readonly name: string
  readonly endpoint: string
  readonly children: readonly Node[]
}

/** The front page: what the sample is made of, and the way in. */
export function indexPage(
  user: string | undefined,
  urls: { details: string; reviews: string; ratings: string },
): string {
  const ratings: Node = { name: urls.ratings, endpoint: 'ratings', children: [] }
  const reviews: Node = { name: urls.reviews, endpoint: 'reviews', children: [ratings] }
  const details: Node = { name: urls.details, endpoint: 'details', children: [] }
  return layout(
    'Simple Bookstore App',
    user,
    html`<section class="front">
<h1>Hello! This is a simple bookstore application</h1>
<p>One page, put together from four services. Which of them answers, in which version and from which region, is the mesh's affair.</p>
<ul class="tree">${[details, reviews].map(node)}</ul>
<p><a class="button" href="/productpage?u=normal">Normal user</a> <a class="button" href="/productpage?u=test">Test user</a></p>
</section>`,
  )
}

function node(one: Node): Markup {
  return html`<li><b>${one.endpoint}</b> <code>${one.name}</code>${one.children.length > 0 ? html`<ul>${one.children.map(node)}</ul>` : undefined}</li>`
}
