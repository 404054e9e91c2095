import type { Identity } from '../common/identity.ts'
import type { Details, Given, Review, Reviews } from './backends.ts'
import { html, Markup } from './html.ts'
import { layout } from './layout.ts'
import { products } from './products.ts'

export interface PageContent {
  readonly who: Identity
  readonly user?: string
  readonly details: Given<Details>
  readonly reviews: Given<Reviews>
}

/** The book's page: what it is, what people say, and at its foot which pod of which region had a part in it. */
export function productPage(content: PageContent): string {
  const book = products[0]
  return layout(
    'Simple Bookstore App',
    content.user,
    html`<section class="hero">
<img class="cover" src="/static/cover.svg" alt="" width="180" height="252">
<div>
<h1>${book.title}</h1>
<p class="summary">${new Markup(book.descriptionHtml)}</p>
${details(content.details)}
</div>
</section>
<section class="reviews">
${reviews(content.reviews)}
</section>
${journey(content)}`,
  )
}

const detailNames: readonly (readonly [string, string])[] = [
  ['type', 'Type'],
  ['pages', 'Pages'],
  ['publisher', 'Publisher'],
  ['language', 'Language'],
  ['year', 'Year'],
  ['author', 'Author'],
  ['ISBN-10', 'ISBN-10'],
  ['ISBN-13', 'ISBN-13'],
]

function details(given: Given<Details>): Markup {
  const { value } = given
  if (!value) return problem('Error fetching product details!', given.error)
  return html`<h2 class="visually-hidden">Book Details</h2>
<dl class="details">
${detailNames.filter(([key]) => value[key] !== undefined).map(([key, name]) => html`<div><dt>${name}</dt><dd>${value[key]}</dd></div>\n`)}</dl>`
}

function reviews(given: Given<Reviews>): Markup {
  if (!given.value) return problem('Error fetching product reviews!', given.error)
  return html`<h2>Book Reviews</h2>
<div class="cards">
${given.value.reviews.map(review)}</div>`
}

function review(one: Review): Markup {
  return html`<blockquote class="card">
<p>${one.text}</p>
<footer>${one.reviewer}</footer>
${one.rating ? rating(one.rating) : undefined}
</blockquote>
`
}

/** The `full stars` and `empty stars` comments stand on lines of their own: scripts of the known application count them. */
function rating(given: NonNullable<Review['rating']>): Markup {
  if (given.error !== undefined) return html`<p class="unrated">${given.error}</p>`
  const full = Math.max(0, Math.min(5, Math.round(given.stars ?? 0)))
  const color = given.color === 'red' ? 'red' : 'black'
  return html`<p class="stars ${color}" role="img" aria-label="${full} of 5 stars">
<!-- full stars: -->
<font color="${color}">${Array.from({ length: full }, () => star('full'))}</font>
<!-- empty stars: -->
${Array.from({ length: 5 - full }, () => star('empty'))}
</p>`
}

function star(kind: 'full' | 'empty'): Markup {
  return html`<span class="glyphicon glyphicon-star${kind === 'full' ? '' : '-empty'}" aria-hidden="true"></span>`
}

function problem(title: string, message: string | undefined): Markup {
  return html`<div class="problem" role="alert">
<h2>${title}</h2>
<p>${message}</p>
</div>`
}

interface Stop {
  readonly service: string
  readonly pod: string
  readonly region?: string
}

/** Which pods answered, the page's own first; a stop outside the page's own region stands out. */
function journey(content: PageContent): Markup {
  const [fromDetails] = content.details.servedBy
  const [fromReviews, fromRatings] = content.reviews.servedBy
  const stops: Stop[] = [{ service: 'productpage', pod: content.who.pod, region: content.who.region }]
  if (fromDetails) stops.push({ service: 'details', ...fromDetails })
  if (fromReviews) stops.push({ service: 'reviews', ...fromReviews })
  if (fromRatings) stops.push({ service: 'ratings', ...fromRatings })
  const home = content.who.region
  return html`<section class="journey" aria-label="Served by">
<h2>Served by</h2>
<ol>
${stops.map(stop => {
  const away = home !== undefined && stop.region !== undefined && stop.region !== home
  return html`<li class="${away ? 'away' : 'home'}"><b>${stop.service}</b> <code>${stop.pod}</code>${stop.region ? html` <span class="region">${stop.region}</span>` : undefined}</li>\n`
})}</ol>
</section>`
}
