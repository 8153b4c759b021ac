/** The demo from argv to exit code: a gateway with a login in front of an application, all made up for this run. */

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Command, type CommanderError, InvalidArgumentError, Option } from 'commander'
import { type Endpoint, NO_SERVING, parseEndpoint } from '../../config/serving.js'
import { createLog } from '../../gateway/log.js'
import { createMetrics } from '../../gateway/metrics.js'
import { type Running, serve } from '../../gateway/serve.js'
import { createLogin } from '../../login/login.js'
import { answerPage } from '../../login/node.js'
import type { GuardOptions } from '../../policy/options.js'
import { createMemoryAttempts } from '../../state/memory-attempts.js'
import { createApplication } from './application.js'
import { inMemory, makeUpPeople, type Person } from './people.js'

const DEFAULT = '127.0.0.1:8080'
const LOGIN = '/login'
const COOKIE = 'auth_tkt'
const TIMEOUT = 7200

/** Serves until `stop`. The exit code: 0 stopped as asked, 1 cannot listen, 2 misuse. */
export async function start(
  argv: readonly string[],
  { log, error }: Pick<Console, 'log' | 'error'>,
  stop: AbortSignal,
): Promise<number> {
  const command = commandFor({ log, error })
  try {
    command.parse(argv, { from: 'user' })
  } catch (reason) {
    return (reason as CommanderError).exitCode === 0 ? 0 : 2
  }
  const people = makeUpPeople()
  const application = createApplication({ login: LOGIN, cookieName: COOKIE, timeout: TIMEOUT })
  application.listen(0, '127.0.0.1')
  await once(application, 'listening')
  try {
    const { port } = application.address() as AddressInfo
    const running = await serveDemo(command.opts<{ listen: Endpoint }>().listen, port, people)
    tell(running.urls[0] as string, people, log)
    if (!stop.aborted) await once(stop, 'abort')
    await running.drain()
    return 0
  } catch (reason) {
    const message = (reason as Error).message.replace(/^--listen: /, '')
    error(`authtkt: ${message}${message.endsWith('another port') ? ': npm start -- --listen 127.0.0.1:8081' : ''}`)
    return 1
  } finally {
    application.close()
    application.closeAllConnections()
  }
}

function commandFor({ log, error }: Pick<Console, 'log' | 'error'>): Command {
  return new Command('npm start --')
    .description(
      'A small site with a sign-in page, an area for administrators and one for guests, to see tickets at work. Everything is made up anew at each start.',
    )
    .addOption(
      new Option('--listen <host:port>', 'where to listen; port 0 takes a free one')
        .argParser(parseListen)
        .default(parseListen(DEFAULT), DEFAULT),
    )
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => log(text.trimEnd()),
      outputError: (text) => error(`authtkt: ${text.slice('error: '.length).trim().replaceAll('\n', ' ')}`),
    })
}

function parseListen(text: string): Endpoint {
  const endpoint = parseEndpoint(text)
  if (endpoint === undefined || 'unix' in endpoint) {
    throw new InvalidArgumentError('Give HOST:PORT or PORT, such as 127.0.0.1:8080.')
  }
  return endpoint
}

function tell(url: string, people: readonly Person[], log: Console['log']): void {
  const rows = people.map(
    ({ uid, password, tokens }) => `User      ${uid}  Password  ${password}  (${tokens.join(', ')})`,
  )
  log([`Open      ${url}/`, ...rows, 'Stop with Ctrl-C.'].join('\n'))
}

/** The options that a site would have in its configuration. */
function guardOptions(secret: Uint8Array): GuardOptions {
  return {
    keys: [{ secret, digest: 'sha256' }],
    cookieName: COOKIE,
    timeout: TIMEOUT,
    loginUrl: LOGIN,
    timeoutUrl: `${LOGIN}?timeout=1`,
    postTimeoutUrl: `${LOGIN}?timeout=1&post=1`,
    unauthUrl: `${LOGIN}?unauth=1`,
    areas: [
      { path: '/' },
      { path: '/admin', tokens: ['admin'] },
      { path: '/lounge', guestLogin: true, guestUser: 'guest' },
      { path: LOGIN, name: 'login', require: 'granted' },
    ],
  }
}

function serveDemo(endpoint: Endpoint, application: number, people: readonly Person[]): Promise<Running> {
  const secret = randomBytes(32)
  const login = createLogin({
    path: LOGIN,
    keys: [{ secret }],
    authenticators: [inMemory(people)],
    attempts: createMemoryAttempts(),
  })
  return serve({
    load: () => ({
      options: guardOptions(secret),
      serving: {
        ...NO_SERVING,
        listen: [{ endpoint, tls: undefined, at: '--listen' }],
        main: {
          routes: [
            { kind: 'upstream', path: '/', url: `http://127.0.0.1:${application}`, preserveHost: true, at: 'demo' },
          ],
          reverse: [],
        },
        // The application shows when the ticket runs out.
        forwardTicket: true,
        timeouts: { ...NO_SERVING.timeouts, drain: 0 },
      },
    }),
    log: createLog('warn'),
    createMetrics,
    createPages: async () => ({
      path: LOGIN,
      paths: login.paths,
      hosts: undefined,
      handle: (message, response, visit, now, accept) => answerPage(login, message, response, visit, now, accept),
      close: () => login.close(),
    }),
  })
}
