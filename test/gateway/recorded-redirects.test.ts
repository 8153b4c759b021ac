/** Redirects that the real mod_auth_tkt gave: the link in our page leads where the link in its page led. */

import t from 'tap'
import { answerTo } from '../../src/adapters/answer.js'
import { vectorsOf } from '../helpers/recorded.js'

interface Row {
  readonly id: string
  readonly response: { readonly status: number; readonly location: string | null; readonly body?: string | null }
}

/** Where the first link of a page leads, its escapes undone. */
function linkIn(page: string): string | undefined {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return /href="([^"]*)"/i
    .exec(page)?.[1]
    ?.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&(amp|lt|gt|quot);/g, (_, name: string) => entities[name] as string)
}

const rows = vectorsOf<Row>('recorded/mod_auth_tkt').filter(
  ({ response }) => response.status === 307 && response.location !== null && linkIn(response.body ?? '') !== undefined,
)

t.ok(rows.length > 50, `${rows.length} rows`)

for (const { id, response } of rows) {
  const location = response.location as string
  const { body } = answerTo({
    kind: 'redirect',
    status: 307,
    location,
    reason: 'absent',
    setCookies: [],
    noStore: false,
  })
  t.equal(linkIn(body), linkIn(response.body as string), id)
}
