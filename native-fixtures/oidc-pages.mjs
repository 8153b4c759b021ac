/** The OpenID provider's own pages: plain forms that work without JavaScript. */

/** @param {string} title @param {string} body */
const page = (title, body) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body><main><h1>${title}</h1>
${body}
</main></body></html>
`

/** @param {string} action a path of ours @param {boolean} failed */
export const loginPage = (action, failed) =>
  page(
    'Provider sign-in',
    `${failed ? '<p role="alert">There is no such account.</p>' : ''}
<form method="post" action="${action}">
<p><label for="account">Account</label> <input id="account" name="account" autocomplete="username"></p>
<p><label for="password">Password</label> <input id="password" name="password" type="password"></p>
<p><button name="do" value="sign-in">Sign in at the provider</button> <button name="do" value="cancel">Cancel</button></p>
</form>`,
  )

/** @param {string} form the provider's, without a button */
export const logoutPage = (form) =>
  page(
    'Provider sign-out',
    `${form}
<p><button form="op.logoutForm" name="logout" value="yes">Sign out at the provider</button>
<button form="op.logoutForm">Stay signed in</button></p>`,
  )

/** @param {string} sentence */
export const sentencePage = (sentence) => page('Provider', `<p>${sentence.replaceAll(/[&<>]/g, '')}</p>`)
