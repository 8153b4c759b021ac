/** The real HAProxy with the README's configuration, asking us before it lets a request through. */

import t from 'tap'
import { haproxyMissing } from '../../native-fixtures/debian.mjs'
import { startHaproxy } from '../../native-fixtures/haproxy.mjs'
import { proxyScenarios } from '../helpers/proxy-scenarios.js'

const missing = haproxyMissing()

t.test('HAProxy in front', { skip: missing ? `skipped: ${missing}` : false }, (t) =>
  proxyScenarios(t, { start: startHaproxy, unreadable: 403, rewritesHost: false }),
)
