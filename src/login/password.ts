/** Signing in with a user and a password: the form that came back. */

import type { Answer } from '../adapters/answer.js'
import type { Checked, Credentials } from './authenticators/authenticator.js'
import type { Asked, Desk } from './desk.js'
import { deviceOf, rememberDevice } from './devices.js'
import { enter } from './enter.js'
import { fill } from './fill.js'
import { checkForm, FIELD } from './forms.js'
import { isProviders } from './look-up.js'
import { formPage, troublePage } from './pages.js'
import { signInPage } from './sign-in.js'
import { type WayBack, wayBack } from './ways.js'

const UID_MAX = 255
const PASSWORD_MAX = 1024

export async function signInWithPassword(desk: Desk, asked: Asked): Promise<Answer> {
  const { messages } = desk
  const form = await asked.form()
  const token = form?.get(FIELD) ?? null
  // A guard's redirect of a POST is a 307, and brings what was meant for another page.
  if (form === undefined || token === null) return signInPage(desk, asked)
  const way = wayBack(desk, asked.origin, form.get('back'))
  const uid = (form.get('uid') ?? '').trim()
  const password = form.get('password') ?? ''
  if (!asked.own) return troublePage(desk, 403, messages.signIn, messages.foreignForm, { way })
  switch (checkForm(token, asked.cookies, asked.secrets, asked.now)) {
    case 'no-cookie':
      return formPage(desk, asked, way, {
        status: 403,
        title: messages.noCookiesTitle,
        message: messages.noFormCookie,
        uid,
      })
    case 'foreign':
      return formPage(desk, asked, way, { status: 403, message: messages.foreignForm, uid })
    case 'expired':
      return formPage(desk, asked, way, { status: 403, message: messages.formExpired, uid })
    case 'good':
      return check(desk, asked, way, { uid, password })
  }
}

async function check(desk: Desk, asked: Asked, way: WayBack, credentials: Credentials): Promise<Answer> {
  const { messages } = desk
  const { uid, password } = credentials
  if (uid === '' || password === '') return formPage(desk, asked, way, { status: 403, message: messages.empty, uid })
  if (uid.length > UID_MAX || password.length > PASSWORD_MAX) {
    return formPage(desk, asked, way, { status: 403, message: messages.tooLong })
  }
  const { ip } = asked.visit
  const device = deviceOf(asked.cookies, asked.secrets, uid)
  const attempt = await desk.throttle.begin({ uid, ip, device }, asked.now)
  if (!attempt.ok) {
    desk.tell({ kind: 'refused', by: 'throttle', reason: 'throttled', ip })
    return formPage(desk, asked, way, {
      status: 429,
      message: fill(messages.wait, { seconds: attempt.wait }),
      uid,
      headers: [['Retry-After', String(attempt.wait)]],
    })
  }
  const { checked, by } = await ask(desk, credentials)
  if (checked.ok) {
    await attempt.succeed()
    const setCookies = [rememberDevice(asked.cookies, asked.secrets, uid)]
    return enter(desk, asked, way, { account: checked.account, by, password, setCookies })
  }
  if (checked.reason === 'unavailable') {
    return formPage(desk, asked, way, { status: 503, message: messages.unavailable, uid })
  }
  desk.tell({ kind: 'refused', by, reason: 'wrong', ip })
  return formPage(desk, asked, way, { status: 403, message: messages.wrong, uid })
}

/** One after the other, until one knows them. Where none does and one could not be asked, nobody can say. */
async function ask(desk: Desk, credentials: Credentials): Promise<{ checked: Checked; by: string }> {
  let last: Checked = { ok: false, reason: 'wrong' }
  for (const authenticator of desk.authenticators) {
    const { name: by } = authenticator
    const checked = await authenticator.check(credentials)
    if (checked.ok && !isProviders(desk.providers, checked.account.uid)) return { checked, by }
    if (checked.ok || checked.reason === 'wrong') continue
    desk.tell({ kind: 'unavailable', by, cause: checked.cause })
    last = checked
  }
  return { checked: last, by: desk.authenticators.map(({ name }) => name).join() }
}
