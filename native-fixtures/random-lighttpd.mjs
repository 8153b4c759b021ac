/** Random lighttpd configurations that ask for users here and there, and requests that tell where. */

/** @typedef {import('./random.mjs').Random} Random */

const URLS = [
  '== "/a"',
  '=^ "/a"',
  '=^ "/a/"',
  '=$ ".txt"',
  '=~ "^/(a|b)/"',
  '=~ "c$"',
  '=~ "\\.(php|txt)$"',
  '!= "/a/b"',
]
const MORE_URLS = ['!~ "^/a"', '=~ "b"', '=~ "^/b"', '=~ "[^/]b$"', '=~ "(?i)^/A"', '=~ "a.b"', '=~ "^/x$"']
/** What PCRE reads as characters of UTF-8. */
const WIDE_URLS = [
  '=~ "^/.$"',
  '!~ "^/.$"',
  '=~ "^/[^a-c]$"',
  '=~ "(?i)^/[^K]{1,2}$"',
  '!~ "(?i)k"',
  '=~ "(?i)(png|s)$"',
  '!~ "\\W\\w"',
]
const HOSTS = [
  '== "one.test"',
  '!= "one.test"',
  '=$ ".two.test"',
  '=~ "^(www\\.)?three\\.test$"',
  '=~ "(^|\\.)two\\.test$"',
]
const MORE_HOSTS = ['!~ "^(a|b)\\.two\\.test$"', '=~ "^one\\.test(:\\d+)?$"', '== "a.two.test"']
/** PORT is the server's own. */
const PORTED_HOSTS = [
  '== "one.test:PORT"',
  '!= "one.test:PORT"',
  '== "two.test:9999"',
  '!= "a.two.test:9999"',
  '== "[::1]"',
  '== "[::1]:PORT"',
  '!= "[::1]:9999"',
  '=~ "\\.two\\.test(?::[0-9]*)?$"',
]
const PREFIXES = ['/', '/a', '/a/', '/a/b', '/b', '/c.txt', '/x', '/b/c']
const NAMES = [
  'one.test',
  'two.test',
  'a.two.test',
  'c.two.test',
  'three.test',
  'www.three.test',
  'x.three.test',
  'other',
  '[::1]',
]
const NAMED_PORTS = ['', '', ':PORT', ':9999', ':8888', ':80']
const PATHS = [
  '/',
  '/a',
  '/a/',
  '/ab',
  '/a/b',
  '/a/b/c',
  '/a/c.txt',
  '/b',
  '/b/',
  '/b/c',
  '/c.txt',
  '/x',
  '/xy',
  '/b/a.php',
]
const MORE_PATHS = ['/A/b', '/a%2eb', '/%61/b', '/a/../b/c', '/x/./y', '/a//b', '/q/c', '/a/~', '/b.inc']
const WIDE_PATHS = [
  '/%C3%A4',
  '/%e4',
  '/%80.png',
  '/%C3%A4b',
  '/%E2%84%AA',
  '/a/%C5%BF',
  '/b/%a4',
  '/a/%e4/b',
  '/%C3%A4.png',
]

/** @param {Random} random */
function condition(random) {
  const kind = random.int(8)
  if (kind < 4) return `$HTTP["url"] ${random.pick([...URLS, ...MORE_URLS, ...WIDE_URLS])}`
  if (kind < 7) return `$HTTP["host"] ${random.pick([...HOSTS, ...MORE_HOSTS, ...PORTED_HOSTS])}`
  return random.pick([
    '$HTTP["remote-ip"] == "127.0.0.0/8"',
    '$HTTP["remote-ip"] != "127.0.0.1"',
    '$HTTP["request-method"] == "POST"',
  ])
}

/** @param {Random} random @param {ReadonlySet<string>} done names that stand in the block already @param {boolean} who */
function setting(random, done, who) {
  // Lists of mod_access that depend on who asks are kept on top of those before them: stricter than lighttpd.
  const name = !who && random.int(5) === 0 ? 'url.access-deny' : 'auth.require'
  if (done.has(name)) return ''
  if (name === 'url.access-deny') return `${name} = ( ${random.pick(['"~"', '".inc", ".txt"', '""', ''])} )\n`
  const some = [...new Set(Array.from({ length: random.int(4) }, () => random.pick(PREFIXES)))]
  const rule = '( "method" => "basic", "realm" => "r", "require" => "valid-user" )'
  return `${name} = ( ${some.map((prefix) => `"${prefix}" => ${rule}`).join(', ')} )\n`
}

/**
 * @param {Random} random @param {number} depth @param {boolean} who whether it depends on who asks
 * @returns {string}
 */
function block(random, depth, who) {
  const done = new Set()
  let text = ''
  for (let left = 1 + random.int(2); left > 0; left--) {
    const line = setting(random, done, who)
    done.add(line.split(' ')[0])
    text += line
  }
  for (let left = depth === 0 ? 2 + random.int(2) : random.int(3); left > 0 && depth < 3; left--) {
    const first = condition(random)
    const second = condition(random)
    const byWho = who || [first, second].some((one) => /remote-ip|request-method/.test(one))
    text += `${first} {\n${block(random, depth + 1, byWho)}}\n`
    if (random.int(3) === 0) text += `else ${second} {\n${block(random, depth + 1, byWho)}}\n`
    if (random.int(4) === 0) text += `else {\n${block(random, depth + 1, byWho)}}\n`
  }
  return text
}

/** Users are asked for by name and password: Debian's lighttpd has no tickets. @param {Random} random @param {number} port */
export const randomLighttpd = (random, port) => block(random, 0, false).replaceAll('PORT', String(port))

/** @param {Random} random @param {number} port */
export function randomLighttpdRequest(random, port) {
  const method = random.pick(['GET', 'GET', 'HEAD', 'POST'])
  const named = random.pick(NAMED_PORTS).replace('PORT', String(port))
  const url = random.pick([...PATHS, ...MORE_PATHS, ...WIDE_PATHS])
  return { method, host: random.pick(NAMES) + named, url }
}
