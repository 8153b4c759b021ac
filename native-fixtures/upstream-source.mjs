/**
 * mod_auth_tkt's own test suite, as Debian's mirrors have it: the upstream tarball of the source package, fetched with
 * apt-get when it is needed. Nothing of it is in this repository. Debian's patches are in the module that it tests.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const PACKAGE = 'libapache2-mod-auth-tkt'
const SOURCES = '/etc/apt'
/** Seconds that a mirror may be silent. */
const SILENCE = 20

/** The unpacked source; fetched where the cache has none. @param {string} cache a folder @returns {Promise<string>} */
export async function fetchSource(cache) {
  const kept = join(cache, PACKAGE)
  if (existsSync(kept)) return kept
  if (!existsSync('/usr/bin/apt-get')) throw new Error('there is no apt-get to fetch the source of mod_auth_tkt with')
  await mkdir(cache, { recursive: true })
  const work = await mkdtemp(join(cache, 'fetch-'))
  try {
    const tarball = await download(work)
    await mkdir(join(work, 'unpacked'))
    await run('tar', ['-xf', tarball, '-C', join(work, 'unpacked')])
    const [top] = await readdir(join(work, 'unpacked'))
    const source = join(work, 'unpacked', top ?? '')
    if (!existsSync(join(source, 't', 'TEST'))) throw new Error('the source of mod_auth_tkt has no test suite')
    // Another run may have been quicker.
    await rename(source, kept).catch((error) => {
      if (!existsSync(kept)) throw error
    })
    return kept
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The tarball's file; apt-get checks it against the signed index. @param {string} work @returns {Promise<string>} */
async function download(work) {
  const parts = join(work, 'parts')
  const lines = join(work, 'source.list')
  const { stanzas, oneLiners } = await sourceEntries()
  await mkdir(parts)
  await writeFile(join(parts, 'source.sources'), stanzas.join('\n\n'))
  await writeFile(lines, oneLiners.join('\n'))
  await mkdir(join(work, 'lists', 'partial'), { recursive: true })
  // The machine's own lists and caches stay as they are; its keys and proxies count.
  const settings = {
    'Dir::Etc::sourcelist': lines,
    'Dir::Etc::sourceparts': parts,
    'Dir::State::lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    'Acquire::Languages': 'none',
    'Acquire::http::Timeout': `${SILENCE}`,
    'Acquire::https::Timeout': `${SILENCE}`,
    'APT::Sandbox::User': 'root',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  const get = (/** @type {string[]} */ ...args) => run('apt-get', ['-q', ...options, ...args], { cwd: work })
  // Not every entry has sources: what counts is whether the package is among those that came.
  await get('update').catch(() => {})
  await get('source', '--download-only', '--tar-only', PACKAGE).catch((error) => {
    const [line = 'apt-get failed'] = /^E: .*$/m.exec(error.stderr ?? '') ?? []
    throw new Error(`the source package ${PACKAGE} cannot be had: ${line}`)
  })
  const tarball = (await readdir(work)).find((name) => name.includes('.orig.tar.'))
  if (tarball === undefined) throw new Error(`the source package ${PACKAGE} has no upstream tarball`)
  return join(work, tarball)
}

/** This machine's apt entries, turned from binaries to sources. */
async function sourceEntries() {
  const parts = join(SOURCES, 'sources.list.d')
  const names = existsSync(parts) ? (await readdir(parts)).map((name) => join(parts, name)) : []
  const read = (/** @type {string} */ end) =>
    Promise.all(
      [join(SOURCES, 'sources.list'), ...names]
        .filter((file) => file.endsWith(end) && existsSync(file))
        .map((file) => readFile(file, 'utf8')),
    )
  const stanzas = (await read('.sources'))
    .flatMap((text) => text.split(/\n\s*\n/))
    .filter((text) => /^Types:.*\bdeb\b/im.test(text) && !/^Enabled:\s*no\b/im.test(text))
    .map((text) => text.replace(/^Types:.*$/im, 'Types: deb-src'))
  const oneLiners = (await read('.list'))
    .flatMap((text) => text.split('\n'))
    .filter((line) => /^\s*deb\s/.test(line))
    .map((line) => line.replace(/^\s*deb\s/, 'deb-src '))
  return { stanzas, oneLiners }
}
