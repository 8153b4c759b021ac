/** What can go wrong with an upstream, as a status for the client and as a word for logs and metrics. */

export interface UpstreamFailure {
  readonly status: 502 | 503 | 504
  /** One word: it is a label of a metric. */
  readonly cause: string
}

const CAUSES: Readonly<Record<string, UpstreamFailure>> = {
  ECONNREFUSED: { status: 502, cause: 'refused' },
  ENOENT: { status: 502, cause: 'refused' },
  EACCES: { status: 502, cause: 'refused' },
  ENOTFOUND: { status: 502, cause: 'unresolvable' },
  EAI_AGAIN: { status: 502, cause: 'unresolvable' },
  EHOSTUNREACH: { status: 502, cause: 'unreachable' },
  ENETUNREACH: { status: 502, cause: 'unreachable' },
  ECONNRESET: { status: 502, cause: 'reset' },
  EPIPE: { status: 502, cause: 'reset' },
  UND_ERR_SOCKET: { status: 502, cause: 'reset' },
  ETIMEDOUT: { status: 504, cause: 'connect-timeout' },
  UND_ERR_CONNECT_TIMEOUT: { status: 504, cause: 'connect-timeout' },
  UND_ERR_HEADERS_TIMEOUT: { status: 504, cause: 'response-timeout' },
  UND_ERR_BODY_TIMEOUT: { status: 504, cause: 'idle' },
  UND_ERR_HEADERS_OVERFLOW: { status: 502, cause: 'bad-response' },
}

/** Too many requests wait for a connection. */
export const BUSY: UpstreamFailure = { status: 503, cause: 'busy' }

export function failureOf(error: unknown): UpstreamFailure {
  const { code = '', cause } = error as { code?: string; cause?: unknown }
  const known = CAUSES[code]
  if (known !== undefined) return known
  // Happy eyeballs: one error for all addresses of a name.
  const inner = (error as AggregateError).errors?.[0] ?? cause
  if (inner !== undefined && inner !== error) return failureOf(inner)
  if (/^(?:HPE_|UND_ERR_)/.test(code)) return { status: 502, cause: 'bad-response' }
  if (/^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)) return { status: 502, cause: 'tls' }
  return { status: 502, cause: 'failed' }
}

/** Whether asking once more may help: a kept connection that the upstream had closed in the meantime. */
export function isStale(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
}
