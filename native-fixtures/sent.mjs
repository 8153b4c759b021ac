/** What deliberate.mjs looks for in requests and answers. Strings are bytes. */

/** @import { Difference, Outcome } from './deliberate.mjs' */
/** @import { RandomRequest } from './random-request.mjs' */

/** The values of a request's headers of a name. @param {RandomRequest} request @param {string} wanted */
export const valuesOf = ({ headers }, wanted) =>
  headers.flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []))

/** Names that the ticket cookie may have here. @param {Difference} difference */
const cookieNames = ({ config }) => ['auth_tkt', ...Array.from(config.matchAll(/CookieName (\S+)/g), (each) => each[1])]

/** The query's arguments that may be tickets, as the module would write them into a cookie. @param {Difference} difference */
function ticketArguments(difference) {
  const query = difference.request.target.split('?').slice(1).join('?')
  return query.split('&').flatMap((argument) => {
    const [name = '', ...rest] = argument.split('=')
    return cookieNames(difference).includes(name) ? [`${name}=${rest.join('=').replace(/^=+/, '')}`] : []
  })
}

/** Whether Apache's cookie is the query's ticket as it stands there. @param {Difference} difference @param {RegExp} [like] */
export function isUrlTicket(difference, like = /^/) {
  const [cookie = ''] = difference.apache.setCookies
  return ticketArguments(difference).some((pair) => like.test(pair) && cookie.startsWith(`${pair}; path=/`))
}

/** Texts of an answer in which hosts and paths stand. @param {Outcome} outcome */
export const texts = ({ location, setCookies }) => [location ?? '', ...setCookies]

/** As in back URLs. @param {string} text */
export const escaped = (text) =>
  text.replace(/[^A-Za-z0-9$\-_.+!*'(),@~]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)

/** Hosts in brackets, whole and as the module cuts them. @param {RandomRequest} request */
export const bracketed = (request) =>
  [...valuesOf(request, 'host'), ...valuesOf(request, 'x-forwarded-host'), authorityOf(request) ?? ''].flatMap(
    (host) => {
      const [name] = /^\[[^\]]*\]/.exec(host) ?? []
      return name ? [/** @type {const} */ ([name, name.replace(/:.*/, '')])] : []
    },
  )

/** Of an absolute target. @param {RandomRequest} request */
export const authorityOf = ({ target }) => /^https?:\/\/([^/?#]*)/i.exec(target)?.[1]?.toLowerCase()

export const HOST = /^(?:(?!.*\.\.|[\d.]+(?:$|:))[A-Za-z0-9_.-]+|\d+(?:\.\d+){3}|\[[0-9A-Fa-f:.]+\])(?::[1-9]\d{0,4})?$/
/** Is every Host line well-formed, and no more than one there? @param {RandomRequest} request */
export const hasGoodHost = (request) => {
  const hosts = valuesOf(request, 'host')
  return hosts.length < 2 && hosts.every((host) => HOST.test(host) && Number(host.split(':').pop() || 1) !== 99999)
}
