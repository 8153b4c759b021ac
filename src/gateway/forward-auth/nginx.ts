/**
 * nginx, auth_request: asks with GET and the client's headers, to which the site's configuration adds who was asked for
 * what. It understands 2xx, 401 and 403; everything else is an error to it. The site turns a 401 with X-Auth-Redirect
 * into the redirect.
 */

import { signal } from './answers.js'
import type { Convention } from './convention.js'
import { readOriginal } from './original.js'

const SOURCES = {
  url: 'set it with proxy_set_header X-Original-URL $scheme://$http_host$request_uri',
  method: 'set it with proxy_set_header X-Original-Method $request_method',
  ip: 'set it with proxy_set_header X-Original-IP $remote_addr',
  host: 'set it with proxy_set_header X-Original-Host $host',
}

export const nginx: Convention = {
  takesPath: false,
  read: (check) => readOriginal(check, SOURCES),
  respond: signal,
}
