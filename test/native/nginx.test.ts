/** The real nginx with the README's configuration, asking us before it lets a request through. */

import t from 'tap'
import { nginxMissing } from '../../native-fixtures/debian.mjs'
import { startNginx } from '../../native-fixtures/nginx.mjs'
import { proxyScenarios } from '../helpers/proxy-scenarios.js'

const missing = nginxMissing()

t.test('nginx in front', { skip: missing ? `skipped: ${missing}` : false }, (t) =>
  proxyScenarios(t, { start: startNginx, unreadable: 403, rewritesHost: false }),
)
