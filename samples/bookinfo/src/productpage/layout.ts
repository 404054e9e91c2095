import { html, type Markup } from './html.ts'

/** The frame every page stands in. */
export function layout(title: string, user: string | undefined, main: Markup): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/static/book.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/bookinfo.css">
</head>
<body>
<header class="bar">
<a class="brand" href="/productpage"><img src="/static/book.svg" alt="" width="28" height="28">Bookinfo Sample</a>
${user === undefined ? signIn : signedIn(user)}
</header>
<main>
${main}
</main>
</body>
</html>
`.text
}

const signIn = html`<form class="sign-in" method="post" action="/login">
<label for="username">User name</label>
<input id="username" name="username" placeholder="User name" autocomplete="username" required maxlength="64">
<input type="hidden" name="passwd" value="">
<button type="submit">Sign in</button>
</form>`

function signedIn(user: string): Markup {
  return html`<p class="sign-in"><span class="user">${user}</span> <a class="button" href="/logout">sign out</a></p>`
}
