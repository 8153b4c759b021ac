/** `authtkt serve`: its options. What it does is in serve-run.ts, loaded only then: other commands need none of it. */

import { Command, InvalidArgumentError, Option } from 'commander'
import { type Endpoint, parseEndpoint, parseUpstream } from '../config/serving.js'
import { addConfigOptions, type ConfigOptions } from './configuration.js'
import type { Output } from './output.js'
import type { Overrides } from './serving.js'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

export interface ServeFlags extends ConfigOptions, Overrides {
  accessLog?: boolean
  logLevel: (typeof LEVELS)[number]
  check?: boolean
  watch: boolean
  login?: string
}

export function serveCommand(output: Output): Command {
  const command = new Command('serve')
    .description('Serve a protected site: a reverse proxy, or a folder, and the check endpoints of other proxies.')
    .addOption(
      new Option(
        '--listen <endpoint>',
        'HOST:PORT, PORT or unix:PATH; repeat it for more (default: as configured)',
      ).argParser((text: string, known: Endpoint[] | undefined) => [...(known ?? []), endpoint(text)]),
    )
    .addOption(
      new Option('--upstream <url>', 'who answers what is let in: http://HOST:PORT, https:// or unix:PATH').argParser(
        upstream,
      ),
    )
    .addOption(new Option('--admin <endpoint>', 'where /-/healthz, /-/readyz and /metrics are').argParser(endpoint))
    .addOption(
      new Option('--forward-auth <endpoint>', 'where nginx, Caddy, Traefik, Envoy and HAProxy may ask').argParser(
        endpoint,
      ),
    )
    .option(
      '--forward-auth-peer <address>',
      'proxy that may ask there, or a CIDR; repeat it for more (default: loopback)',
      list,
    )
    .option(
      '--trusted-proxy <address>',
      'proxy in front whose X-Forwarded-* count, or a CIDR; repeat it for more',
      list,
    )
    .option(
      '--login <file>',
      'JSON file that says how people sign in here (default: the login of our own configuration)',
    )
    .addOption(new Option('--workers <number>', 'processes that share the work (default: 1)').argParser(count))
    .option('--shadow', 'decide, compare with what the upstream does, report differences; enforce nothing')
    .option('--access-log', 'one line for each request')
    .addOption(new Option('--log-level <level>', 'least level of the log').choices(LEVELS).default('info'))
    .option('--no-watch', 'reload on SIGHUP only, not when a file changes')
    .option('--check', 'read and check everything, start nothing')
  return addConfigOptions(command).action(async (flags: ServeFlags) => {
    const { runServe } = await import('./serve-run.js')
    await runServe(flags, output)
  })
}

function endpoint(text: string): Endpoint {
  const parsed = parseEndpoint(text)
  if (parsed) return parsed
  throw new InvalidArgumentError('Give HOST:PORT, PORT or unix:PATH, such as 127.0.0.1:8080.')
}

function upstream(text: string): string {
  if (parseUpstream(text)) return text
  throw new InvalidArgumentError('Give http://HOST:PORT, https://HOST:PORT or unix:PATH, without a query.')
}

function count(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 256) return number
  throw new InvalidArgumentError('Give a whole number from 1 to 256.')
}

function list(text: string, known: string[] | undefined): string[] {
  return [...(known ?? []), text]
}
