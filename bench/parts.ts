/** All that there is to measure, in this order: from `native` on the process is pinned to one core. */
import { ADAPTER_PLANS, adapterResults } from './adapters.js'
import { adapterTables } from './adapters-table.js'
import { batchResults, batchTables } from './batch.js'
import { dialectResults, dialectTables } from './dialects.js'
import { gatewayResults } from './gateway.js'
import { guardResults, guardTables } from './guard.js'
import { HTTP_PLANS, httpResults, httpTables } from './http.js'
import { LOG_PLANS, logResults, logTables } from './log.js'
import { nativeResults } from './native.js'
import { nativeTables } from './native-table.js'
import { pairSheet } from './pair-sheet.js'
import { PAIR_PLANS } from './pairs.js'
import { type Part, part } from './part.js'
import { peerResults, peerTables } from './peers.js'
import { scalingResults, scalingTables } from './scaling.js'
import { serverResults, serverTables } from './servers.js'
import { signedResults, signedTables } from './signed.js'
import { signedServerResults } from './signed-servers.js'
import { sizeResults, sizeTables } from './size.js'
import { startUpResults, startUpTables } from './start-up.js'
import { verifyResults, verifyTables } from './verify.js'

export const PARTS: readonly Part[] = [
  part({ name: 'verify', run: verifyResults, tables: verifyTables }),
  part({ name: 'batch', run: batchResults, tables: batchTables }),
  part({ name: 'peers', run: ({ plan }) => peerResults(plan), tables: peerTables }),
  part({ name: 'scaling', run: scalingResults, tables: scalingTables }),
  part({ name: 'dialects', run: ({ plan }) => dialectResults(plan), tables: dialectTables }),
  part({ name: 'guard', run: guardResults, tables: guardTables }),
  part({ name: 'signed', run: ({ plan }) => signedResults(plan), tables: signedTables }),
  part({ name: 'start-up', run: startUpResults, tables: startUpTables }),
  part({ name: 'size', run: sizeResults, tables: sizeTables }),
  part({ name: 'log', run: ({ effort }) => logResults(LOG_PLANS[effort]), tables: logTables }),
  part({
    name: 'native',
    run: ({ plan, digests, sizes }) => nativeResults(plan, digests, sizes),
    tables: nativeTables,
  }),
  part({ name: 'http', run: ({ effort }) => httpResults(HTTP_PLANS[effort]), tables: httpTables }),
  part({ name: 'adapters', run: ({ effort }) => adapterResults(ADAPTER_PLANS[effort]), tables: adapterTables }),
  part({
    name: 'gateway',
    servers: true,
    run: ({ effort }) => gatewayResults(PAIR_PLANS[effort]),
    tables: (results) => [pairSheet('gateway', 'The gateway: its guard, and against Apache', results)],
  }),
  part({
    name: 'signed-servers',
    servers: true,
    run: ({ effort }) => signedServerResults(PAIR_PLANS[effort]),
    tables: (results) => [pairSheet('signed-servers', 'Signed tickets: the guard, and against Apache', results)],
  }),
  part({
    name: 'servers',
    servers: true,
    run: ({ effort }) => serverResults(PAIR_PLANS[effort]),
    tables: serverTables,
  }),
]
