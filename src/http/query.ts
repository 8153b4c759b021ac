/** Query strings as mod_auth_tkt takes them apart (ap_getword: runs of a separator count as one). */

/** The value of the first argument `name` of a query whose arguments `&` separates; nothing is decoded (get_url_ticket). */
export function findArgument(query: string, name: string): string | undefined {
  if (!query.includes(name)) return undefined
  for (const [key, value] of argumentsOf(query, '&')) if (key === name) return value
  return undefined
}

/** The query without the arguments `name`, split at `&` and `;`, joined with `&`, each with its `=` (query_strip). */
export function stripArgument(query: string, name: string): string {
  const kept: string[] = []
  for (const [key, value] of argumentsOf(query.replaceAll('&', ';'), ';'))
    if (key !== name) kept.push(`${key}=${value}`)
  return kept.join('&')
}

/** The query without the arguments `name`, all else as it is. */
export function dropArgument(query: string, name: string): string {
  if (!query.includes(name)) return query
  const keep = (argument: string) => argument !== name && !argument.startsWith(`${name}=`)
  const parts = query.split('&').map((part) => ({ part, kept: part.split(';').filter(keep) }))
  return parts
    .filter(({ part, kept }) => kept.length > 0 || part === '')
    .map(({ kept }) => kept.join(';'))
    .join('&')
}

function* argumentsOf(query: string, separator: string): Generator<[string, string]> {
  let rest = query
  while (rest !== '') {
    const end = rest.indexOf(separator)
    const argument = end < 0 ? rest : rest.slice(0, end)
    rest = end < 0 ? '' : skip(rest, end, separator)
    const equals = argument.indexOf('=')
    yield equals < 0 ? [argument, ''] : [argument.slice(0, equals), skip(argument, equals, '=')]
  }
}

/** What follows the run of `separator` at `at`. */
function skip(text: string, at: number, separator: string): string {
  let end = at
  while (text[end] === separator) end++
  return text.slice(end)
}
