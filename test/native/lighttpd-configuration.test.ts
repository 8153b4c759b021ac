/** Random configurations and requests: lighttpd reads them as we do, and asks where we ask. */

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { startChild } from '../../native-fixtures/child.mjs'
import { LIGHTTPD, lighttpdMissing } from '../../native-fixtures/debian.mjs'
import { createRandom } from '../../native-fixtures/random.mjs'
import { randomLighttpd, randomLighttpdRequest } from '../../native-fixtures/random-lighttpd.mjs'
import { createContext } from '../../src/config/context.js'
import type { Block } from '../../src/config/lighttpd-blocks.js'
import { parseLighttpd } from '../../src/config/lighttpd-parser.js'
import type { Value } from '../../src/config/lighttpd-values.js'
import { createGuard } from '../../src/policy/guard.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { read } from '../config/lighttpd-helpers.js'

const SEED = Number(process.env.AUTHTKT_SEED ?? 20231114)
const CONFIGURATIONS = 15
const REQUESTS = 120

function printed(value: Value): unknown {
  if (value.kind === 'text') return value.text
  return value.kind === 'integer' ? value.number : value.entries.map(({ key, value }) => [key ?? null, printed(value)])
}

/** Blocks in their order, as data; what lighttpd adds itself is left out. */
function tree(text: string): unknown[] {
  const blocks = parseLighttpd(createContext({ file: 'x.conf' }), text)
  const nameOf = (block: Block | undefined): unknown =>
    block?.condition && [Object.values(block.condition), nameOf(block.parent), nameOf(block.prev)]
  return blocks.map((block) => [
    nameOf(block),
    [...block.settings.values()]
      .filter(({ name }) => !/^var\.(?:CWD|PID)$/.test(name))
      .map(({ name, value }) => [name, printed(value)])
      .sort(),
  ])
}

const TEXTS = [
  'a.b = "x\\"y\\z" + var.n\n'.replace('var.n', '"q"'),
  'var.n = 3\na.b = "v" + n + 4\na.c = 1 + 2\na.d = ( "x" => 1, "y", ( "z" ), )\na.d += ( "k" => "v" )',
  'a.l = ( # comment\n "a",\n "b" => ( "c" => "d" ) )\n# end',
  '$HTTP["url"] =~ "^/x" { a.b = 1 }\n$HTTP["url"] =^ "/x" { a.c = 2 }\n$HTTP["url"] =~ "\\.php$" { a.b = 1 }',
  '$HTTP["url"] =~ "^/x$" { a.b = 1 } $HTTP["host"] =~ "^www" { a.b = 1 }\n$HTTP["host"] =~ "x$" { a.b = 1 }',
  '$HTTP["url"] == "/a" { a.b = 1 } else $HTTP["url"] == "/b" { a.c = 1 }\n\nelse { a.d = 1 }\n$HTTP["url"] == "/b" { a.e = 1 }',
  '$HTTP["url"] != "/a" { a.b = 1 } else { a.c = 1 }\n$HTTP["url"] == "/a" { a.d = 1 }',
  'a.x = 1\na.x := "2"\n$HTTP["url"] == "/a" { a.x += "3"\n $HTTP["host"] == "h" { a.x += "4" } }\na.x += "5"',
  'global { a.b = 1 }\n$HTTP["remote-ip"] == "10.0.0.0/8" { a.c = 1 }\n$SERVER["socket"] == ":8443" { a.c = 1 }',
  '$HTTP["url"] =~ "^/x.y" { a.b = 1 }\n$HTTP["url"] =~ "^/x y" { a.b = 1 }\n$HTTP["url"] =~ "\\.a\\.b$" { a.b = 1 }',
  '$HTTP["querystring"] =~ "^a" { a.b = 1 }\n$HTTP["url"] =~ "^" { a.b = 2 }\n$HTTP["url"] =~ "" { a.b = 3 }',
]
/** What neither starts with. */
const BROKEN = [
  'a.b = 1\na.b = 2',
  'a.b = ( "k" => 1, "k" => 2 )',
  'a.b = ( "k" => 1 )\na.b += ( "k" => 2 )',
  'a.b = nothing',
  'a.b = "x',
  "a.b = 'x'",
  'a.b = ( "x" ) + "y"',
  '$HTTP["url"] == "/a" { a.b = 1',
  '$HTTP["url"] == ( "/a" ) { a.b = 1 }',
  '$HTTP["url"] == "/b" { a.c = 1 }\n$HTTP["url"] == "/a" { a.b = 1 } else $HTTP["url"] == "/b" { a.d = 1 }',
  'include "no-such-file.conf"',
  'env.x = 1',
  'a.b = -3',
]

const skip = lighttpdMissing() ?? false

t.test('lighttpd -p prints the blocks that are read', { skip }, async (t) => {
  const folder = t.testdir({})
  const print = (text: string) => {
    writeFileSync(`${folder}/x.conf`, text, 'latin1')
    return spawnSync(LIGHTTPD, ['-p', '-f', `${folder}/x.conf`], { encoding: 'latin1', timeout: 20_000 })
  }
  const random = createRandom(SEED)
  const texts = [...TEXTS, ...Array.from({ length: 40 }, () => randomLighttpd(random, 8080))]
  for (const text of texts) {
    const { status, stdout, stderr } = print(text)
    if (/unreachable|Duplicate config/.test(stderr)) {
      t.throws(() => tree(text), { code: 'ERR_TKT_CONFIG' }, text)
      continue
    }
    t.equal(status, 0, `${stderr}${text}`)
    const inner = stdout.replace(/^config \{/, '').replace(/\}\s*$/, '')
    // It prints blocks where they are nested, and with each the place in which it counts; of two else-branches to one
    // repeated condition only the last, though both count.
    const places = [0, ...Array.from(inner.matchAll(/# block (\d+)/g), ([, place]) => Number(place))]
    const sorted = tree(inner)
      .map((block, index) => ({ block, place: places[index] as number }))
      .sort((one, other) => one.place - other.place)
    t.same(
      tree(text).filter((_, index) => places.includes(index)),
      sorted.map(({ block }) => block),
      text,
    )
  }
  for (const text of BROKEN) {
    t.not(print(text).status, 0, `lighttpd: ${text}`)
    t.throws(() => tree(text), { code: 'ERR_TKT_CONFIG' }, text)
  }
})

/** Undefined for the few that come to too many places: an error, not a guess. */
function optionsOf(text: string): GuardOptions | undefined {
  try {
    return read(text).options
  } catch (error) {
    if (!(error as Error).message.includes('too many places')) throw error
    return undefined
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function statusOf(port: number, method: string, url: string, host: string): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  const length = method === 'POST' ? 'Content-Length: 0\r\n' : ''
  socket.end(`${method} ${url} HTTP/1.1\r\nHost: ${host}\r\n${length}Connection: close\r\n\r\n`)
  let answer = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answer += chunk
  })
  await once(socket, 'close')
  return Number(answer.slice(9, 12))
}

t.test('lighttpd asks for users, or refuses, where the guard does', { skip }, async (t) => {
  const random = createRandom(SEED + 1)
  const folder = t.testdir({ users: 'a:b\n' })
  mkdirSync(`${folder}/docs`)
  writeFileSync(`${folder}/docs/index.html`, '')
  let asked = 0
  let passed = 0
  for (let made = 0; made < CONFIGURATIONS; ) {
    const port = await freePort()
    const body = randomLighttpd(random, port)
    const text = `server.modules = ( "mod_indexfile", "mod_access", "mod_auth", "mod_authn_file" )
index-file.names = ( "index.html" )
server.document-root = "${folder}/docs"
server.bind = "127.0.0.1"
server.port = ${port}
auth.backend = "plain"
auth.backend.plain.userfile = "${folder}/users"
${body}`
    writeFileSync(`${folder}/x.conf`, text)
    if (spawnSync(LIGHTTPD, ['-tt', '-f', `${folder}/x.conf`], { timeout: 20_000 }).status !== 0) {
      t.throws(() => read(text.replaceAll('"basic"', '"authn_tkt"')), { code: 'ERR_TKT_CONFIG' }, body)
      continue
    }
    made++
    const options = optionsOf(text.replaceAll('"basic"', '"authn_tkt"'))
    if (options === undefined) continue
    const guard = createGuard(options)
    const server = await startChild(LIGHTTPD, ['-D', '-f', `${folder}/x.conf`])
    try {
      for (let tries = 0; tries < 100; tries++) {
        if ((await statusOf(port, 'GET', '/', 'x').catch(() => 0)) > 0) break
        await sleep(30)
      }
      for (let i = 0; i < REQUESTS; i++) {
        const { method, url, host } = randomLighttpdRequest(random, port)
        const status = await statusOf(port, method, url, host)
        const headers = [['Host', host]] as const
        const decision = guard.decide({ method, url, headers, ip: '127.0.0.1', port, now: 1_700_000_000 })
        const theirs = status === 401 || status === 403
        if (theirs) asked++
        else passed++
        if ((decision.kind !== 'pass') === theirs) continue
        t.fail(`${method} ${host}${url}: ${status}, ${decision.kind}`, { body })
      }
    } finally {
      await server.stop()
    }
  }
  t.ok(asked > 300 && passed > 300, `${asked} refused, ${passed} passed`)
})
