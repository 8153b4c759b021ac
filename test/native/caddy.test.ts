/** The real Caddy with the README's configuration, asking us before it lets a request through. */

import t from 'tap'
import { startCaddy } from '../../native-fixtures/caddy.mjs'
import { caddyMissing } from '../../native-fixtures/debian.mjs'
import { proxyScenarios } from '../helpers/proxy-scenarios.js'

const missing = caddyMissing()

t.test('Caddy in front', { skip: missing ? `skipped: ${missing}` : false }, (t) =>
  proxyScenarios(t, { start: startCaddy, unreadable: 0, rewritesHost: true }),
)
