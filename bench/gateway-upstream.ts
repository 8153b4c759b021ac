/** The application behind the proxies of `gateway.ts`: one page. Says its port over IPC. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const body = process.argv[2] ?? ''
const server = createServer({ keepAliveTimeout: 0 }, (_, response) => response.end(body))
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
