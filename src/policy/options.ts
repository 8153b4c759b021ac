/** The guard's options: one schema, checked once; whatever is misspelt is named together with what was meant. */

import { z } from 'zod'
import { TktError } from '../errors.js'
import { parseAddress } from '../http/address.js'
import type { AsyncSignatureHost, SignatureHost } from '../pubtkt/host.js'
import { RULE_KEYS } from './require.js'
import { hostSchema, proxySchema, settingShape } from './settings.js'
import { issueText, unknownKey, valueAt } from './wording.js'

/** A check of zod's own would take buffers of one kind only. */
const bytesSchema: z.ZodType<Uint8Array, Uint8Array> = z.custom<Uint8Array>((value) => value instanceof Uint8Array)

const acceptUntil = z
  .union(
    [z.number().int().min(0), z.iso.date(), z.iso.datetime({ offset: true })],
    'must be unix time in whole seconds, a date, or a date-time with its zone',
  )
  .optional()
  .describe('Unix time, date or date-time at which tickets of this key stop being accepted.')

const keySchema = z.strictObject({
  secret: z
    .union([z.string(), bytesSchema])
    .describe('1..1024 bytes; a string counts as UTF-8. In a file: { "file": ... } or { "env": ... }.'),
  digest: z.enum(['md5', 'sha1', 'sha256', 'sha512']).describe('TKTAuthDigestType.'),
  dialect: z
    .enum(['apache', 'lighttpd', 'paste', 'pyramid', 'repoze', 'plone', 'php-contrib', 'yola', 'passport-authtkt'])
    .optional()
    .describe('Whose recipe; default apache.'),
  acceptUntil,
  strict: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .describe('Who may have which tokens: uid to tokens. Tickets of this key that say anything else are refused (L9).'),
})

const signatureDigest = z.enum(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'])
const weaknesses = z
  .array(z.enum(['sha1', 'dsa', 'short-rsa']))
  .readonly()
  .optional()
  .describe('Weaknesses that are put up with: SHA-1, DSA, RSA of less than 2048 bits.')

const publicKeySchema = z.strictObject({
  publicKey: z
    .string()
    .describe(
      'PEM of RSA, DSA, Ed25519 or ECDSA P-256 (TKTAuthPublicKey). In a file: { "file": ... } or { "env": ... }.',
    ),
  digest: signatureDigest.optional().describe('TKTAuthDigest; Ed25519 has none.'),
  acceptUntil,
  allow: weaknesses,
})

const signingKeySchema = z.strictObject({
  privateKey: z.string().describe('PEM, PKCS#8. In a file: { "file": ... } or { "env": ... }.'),
  digest: signatureDigest.optional().describe('TKTAuthDigest; Ed25519 has none.'),
  allow: weaknesses,
})

/** What may stand beside the settings of an area, a host or the whole, and is not for everybody to see. */
const signedShape = {
  publicKeys: z
    .array(publicKeySchema)
    .max(64)
    .optional()
    .describe(
      'Public keys that check signed tickets, in place of those around (TKTAuthPublicKey): any of them may have signed.',
    ),
  signingKey: signingKeySchema.optional().describe('Private key that the sign-in page makes signed tickets with.'),
  passthruKey: z
    .union([z.string(), bytesSchema])
    .refine(
      (key) => (typeof key === 'string' ? new TextEncoder().encode(key) : key).length === 16,
      'this key must have 16 bytes',
    )
    .optional()
    .describe(
      'AES key, 16 bytes, that bauth is encrypted with (TKTAuthPassthruBasicKey). In a file: { "file": ... } or { "env": ... }.',
    ),
} as const

const areaSchema = z
  .strictObject({
    path: z
      .string()
      .optional()
      .describe('Path that the area begins at: /admin is /admin and all below it, /admin/ only what is below.'),
    exactPath: z.string().optional().describe('One path and nothing below it.'),
    pattern: z.string().optional().describe('Regular expression on the decoded path (LocationMatch).'),
    file: z.string().optional().describe('Regular expression on the last part of the path (Files, FilesMatch).'),
    name: z.string().optional().describe('What explanations call the area; default its path or pattern.'),
    keys: z.array(keySchema).max(64).optional().describe('Ring of this area, in place of the one around it.'),
    ...signedShape,
    ...settingShape,
  })
  .partial()

const hostEntrySchema = z
  .strictObject({
    names: z.array(hostSchema).describe('Host names, also *.example.com (ServerName, ServerAlias).'),
    port: z.number().int().min(1).max(65535).nullable().describe('Only requests to this port; null: any.'),
    address: z
      .string()
      .refine((text) => parseAddress(text) !== undefined, 'this is no IPv4 or IPv6 address')
      .nullable()
      .describe('Only requests to this address of the server; null: any.'),
    namedPort: z
      .union([z.number().int().min(1).max(65535), z.enum(['any', 'none'])])
      .nullable()
      .describe(
        "Only requests whose Host names this port, any port but those of other entries, or none (lighttpd's conditions tell them apart); null: all.",
      ),
    keys: z.array(keySchema).max(64).describe('Ring of this host, in place of the main one.'),
    areas: z.array(areaSchema).describe('Areas of this host, in place of the main ones.'),
    ...signedShape,
    ...settingShape,
  })
  .partial()
  .required({ names: true })

export const guardSchema = z
  .strictObject({
    compat: z.enum(['exact', 'hardened']).describe("Which defaults apply: the module's own, or safe ones."),
    module: z
      .enum(['mod_auth_tkt', 'mod_authn_tkt', 'mod_auth_pubtkt'])
      .describe(
        "Whose defaults exact means: Apache's module, lighttpd's, or the one for signed tickets, which then are the tickets that areas ask for. Default mod_auth_tkt.",
      ),
    allowShiftableFields: z
      .boolean()
      .describe(
        'Take keys of the lighttpd dialect without a strict list, though fields of its tickets can be shifted (L9).',
      ),
    keys: z.array(keySchema).max(64).describe('The ring: the first key issues, all of them verify.'),
    areas: z.array(areaSchema).describe("The areas; what lies in none of them is default's matter."),
    hosts: z.array(hostEntrySchema).describe('Virtual hosts with keys, areas and settings of their own.'),
    unknownHost: z
      .enum(['main', 'first', 'refuse'])
      .describe('A host that no entry names: the main areas, the first entry, or 400.'),
    mainPorts: z
      .array(z.number().int().min(1).max(65535))
      .describe('Ports of the main server (Listen): the main areas count there where no host entry has the port.'),
    default: z.enum(['deny', 'pass']).describe('A path in no area.'),
    order: z
      .enum(['nested', 'listed'])
      .describe(
        'Of two areas with the same path the deeper (nested) or the later one (listed) wins, setting by setting.',
      ),
    pathRules: z
      .enum(['apache', 'lighttpd'])
      .describe(
        'How paths are decoded: %2F is 404 and %00 is 400, or as lighttpd does: %2F is a slash, control bytes are 400.',
      ),
    oddPaths: z
      .enum(['refuse', 'allow'])
      .describe('A path that other software may read as another area: 400, or as it stands.'),
    trustedProxies: proxySchema.describe(
      "Addresses or CIDRs whose forwarding headers are believed; any: the module's X-Forwarded-Host from anyone (A3).",
    ),
    forwardedHeaders: z
      .enum(['x-forwarded', 'forwarded', 'both'])
      .describe('Which forwarding headers trusted proxies send.'),
    charset: z.enum(['latin1', 'utf8']).describe('What a char of an identity stands for: a byte, or UTF-8.'),
    minSecretLength: z.number().int().min(1).max(1024).describe('Shorter secrets are refused.'),
    demoSecrets: z.enum(['refuse', 'allow']).describe('Secrets that stand in manuals and examples.'),
    shadow: z.boolean().describe('Decide and tell, but let every request pass.'),
    pythonCookies: z
      .boolean()
      .describe(
        "Read tickets in the octal escapes of Python's cookies, which mod_auth_tkt refuses (contrib/auth_ticket.py).",
      ),
    selfTest: z.boolean().describe('Run the known-answer test at start.'),
    hostDigest: z
      .boolean()
      .describe('Have node:crypto digest long tickets where all keys are SHA-256. false: secrets stay in the engine.'),
    cache: z
      .union([z.boolean(), z.strictObject({ entries: z.number().int().min(2).max(1_048_576) })])
      .describe('Remember verified tickets, 4096 or so many. Left out: signed ones only; true: all; false: none.'),
    signatures: z
      .custom<SignatureHost | AsyncSignatureHost>(
        (value) => typeof (value as SignatureHost | null)?.publicKey === 'function',
        'this is none of nodeSignatures() and webCryptoSignatures()',
      )
      .describe('Who checks signatures. Left out: node:crypto, where there is one.'),
    ...signedShape,
    ...settingShape,
  })
  .partial()

/** What `createGuard` takes. */
export type GuardOptions = z.input<typeof guardSchema>
export type AreaOptions = z.input<typeof areaSchema>
export type HostOptions = z.input<typeof hostEntrySchema>
export type ParsedGuard = z.output<typeof guardSchema>
export type ParsedArea = z.output<typeof areaSchema>
export type ParsedHost = z.output<typeof hostEntrySchema>
export type ParsedKey = z.output<typeof keySchema>
export type ParsedPublicKey = z.output<typeof publicKeySchema>
export type ParsedSigningKey = z.output<typeof signingKeySchema>

/** Names of everything that may stand at each level. */
export const GUARD_KEYS: readonly string[] = Object.keys(guardSchema.shape)

/** What is wrong with a value, and where: `path` as a program walks it. */
export interface OptionIssue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** Names that a file may have beside the options, at the top, in hosts and in areas: what a misspelt one may have meant. */
export type Beside = Readonly<Record<'top' | 'hosts' | 'areas', readonly string[]>>
const NOTHING: Beside = { top: [], hosts: [], areas: [] }

/** Checks the shape. Never repeats a value that may be secret: secrets are only ever named by their place. */
export function checkOptions(
  value: unknown,
  beside: Beside = NOTHING,
): { options: ParsedGuard } | { issues: OptionIssue[] } {
  const result = guardSchema.safeParse(value)
  if (result.success) return { options: result.data }
  const { issues } = result.error
  // A misspelt name is also a missing one.
  const first = issues.filter(isUnknown)
  const rest = issues.filter((issue) => !isUnknown(issue))
  return { issues: [...first, ...rest].flatMap((issue) => describe(issue, value, beside)) }
}

/** `areas[2].loginUrl`. */
export function placeOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (place, key) => (typeof key === 'number' ? `${place}[${key}]` : place ? `${place}.${String(key)}` : String(key)),
    '',
  )
}

/** The options, or one error that names the first thing wrong. */
export function parseOptions(value: unknown, name = 'createGuard'): ParsedGuard {
  const checked = checkOptions(value)
  if ('options' in checked) return checked.options
  const [{ path, message }] = checked.issues as [OptionIssue]
  const place = placeOf(path)
  throw new TktError('ERR_TKT_OPTIONS', `${name}: ${place ? `${place}: ` : ''}${message}`)
}

function isUnknown({ code }: z.core.$ZodIssue): boolean {
  return code === 'unrecognized_keys'
}

function describe(issue: z.core.$ZodIssue, value: unknown, beside: Beside): OptionIssue[] {
  const path = issue.path
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, knownAt(path, beside)) }))
  }
  const inner = issue.code === 'invalid_union' ? deepest(issue.errors.flat()) : undefined
  if (inner) return describe({ ...inner, path: [...path, ...inner.path] }, value, beside)
  return [{ path, message: issueText(issue, valueAt(value, path)) }]
}

/** Of the forms that a value could have, the one that it comes nearest to is wrong furthest inside. */
function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  const inside = issues.filter(({ path, message }) => path.length > 1 && !message.endsWith('received undefined'))
  return inside.sort((a, b) => b.path.length - a.path.length)[0]
}

function knownAt(path: readonly PropertyKey[], beside: Beside): readonly string[] {
  if (path.includes('require')) return RULE_KEYS
  const folder = path.findLast((part) => typeof part === 'string')
  if (folder === 'keys') return Object.keys(keySchema.shape)
  if (folder === 'publicKeys') return Object.keys(publicKeySchema.shape)
  if (folder === 'signingKey') return Object.keys(signingKeySchema.shape)
  if (folder === 'areas') return [...Object.keys(areaSchema.shape), ...beside.areas]
  if (folder === 'hosts') return [...Object.keys(hostEntrySchema.shape), ...beside.hosts]
  return [...Object.keys(guardSchema.shape), ...beside.top]
}
