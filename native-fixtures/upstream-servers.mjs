/** The servers that upstream's suite is run against: the real Apache, and a gateway with the suite's pages behind it. */

import { setTimeout as delay } from 'node:timers/promises'
import { startChild } from './child.mjs'
import { APACHE } from './debian.mjs'
import { startPages } from './upstream-pages.mjs'
import { exchange } from './wire.mjs'

/** @import { Suite } from './upstream-suite.mjs' */
/** @import { Child } from './child.mjs' */

const PATIENCE = 15_000

/** @param {Suite} suite @returns {Promise<() => Promise<void>>} ends the server */
export async function startSuiteApache({ configFile, sites, env }) {
  // Apache::Test starts it with these.
  const args = ['-DFOREGROUND', '-DAPACHE2', '-DAPACHE2_4', '-f', configFile]
  const child = await startChild(APACHE, args, { env })
  await answering(child, sites)
  return child.stop
}

/**
 * A gateway on the suite's configuration and ports.
 * @param {Suite} suite
 * @param {(upstream: string) => readonly [program: string, ...args: string[]]} command
 * @returns {Promise<() => Promise<void>>} ends the gateway
 */
export async function startSuiteGateway({ sites, env }, command) {
  const pages = await startPages(sites)
  const [program, ...args] = command(pages.url)
  try {
    const child = await startChild(program, args, { env })
    await answering(child, sites)
    return () => child.stop().then(pages.stop)
  } catch (error) {
    await pages.stop()
    throw error
  }
}

/** Until all ports answer. @param {Child} child @param {Suite['sites']} sites */
async function answering(child, sites) {
  const knock = 'GET /public.html HTTP/1.0\r\n\r\n'
  for (const end = Date.now() + PATIENCE; Date.now() < end && !child.isOver(); await delay(50)) {
    const answers = sites.map(({ port }) => exchange({ host: '127.0.0.1', port }, knock).catch(() => undefined))
    if ((await Promise.all(answers)).every((answer) => answer !== undefined)) return
  }
  await child.stop()
  throw new Error(`the server did not start: ${child.complaint()}`)
}
