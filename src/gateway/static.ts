import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Additions } from './response-headers.js'

export function createFiles(_options: {
  folder: string
  index: readonly string[]
}): (request: IncomingMessage, response: ServerResponse, path: string, extra: Additions) => void {
  return (_request, response) => response.end()
}
