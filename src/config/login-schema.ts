/** The part of our configuration that says how people sign in. */

import { z } from 'zod'
import { settingShape } from '../policy/settings.js'

const hostName = z
  .string()
  .regex(/^(?:\*\.)?[A-Za-z0-9_.-]+$|^\[[0-9A-Fa-f:.]+\]$/, 'a host is a name such as www.example.com or *.example.com')
const allowList = z
  .union([z.array(z.string()), z.record(z.string(), z.string())], { error: 'give a list, or { "group": "token" }' })
  .describe('Which groups become tokens: a list, or names of groups with the tokens that they become.')
const seconds = z.number().min(0.1).max(300)
const httpUrl = z.string().refine((text) => /^https?:\/\/[^\s/]/i.test(text) && URL.canParse(text), {
  error: 'give an URL, such as https://login.example.com/login',
})

/** A secret, or where it stands; read as those of keys are. */
const secret = z
  .union([z.string(), z.strictObject({ file: z.string() }), z.strictObject({ env: z.string() })], {
    error: 'give { "file": "..." } or { "env": "..." }',
  })
  .describe('{ "file": ... } or { "env": ... }.')

const signingKeySchema = z.strictObject({
  privateKey: secret.describe('PEM, PKCS#8, not encrypted: { "file": ... } or { "env": ... }.'),
  digest: z
    .enum(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'])
    .optional()
    .describe('As the areas have it (TKTAuthDigest); Ed25519 has none.'),
  allow: z
    .array(z.enum(['sha1', 'dsa', 'short-rsa']))
    .optional()
    .describe('Weaknesses that are put up with: SHA-1, DSA, RSA of less than 2048 bits.'),
})

/** Settings that mod_auth_pubtkt has no directives for: it makes no tickets. Named and read as everywhere else. */
const ticketsSchema = z.strictObject({
  timeout: settingShape.timeout.optional(),
  timeoutRefresh: settingShape.timeoutRefresh.optional(),
  refreshWithin: settingShape.refreshWithin.optional(),
  maxAge: settingShape.maxAge.optional(),
  ignoreIp: settingShape.ignoreIp.optional(),
  cookieDomain: settingShape.cookieDomain.optional(),
  cookieSecure: settingShape.cookieSecure.optional(),
  cookieSameSite: settingShape.cookieSameSite.optional(),
  cookieExpires: settingShape.cookieExpires.optional(),
  cookieMaxAge: settingShape.cookieMaxAge.optional(),
})

const htpasswdSchema = z.strictObject({
  type: z.literal('htpasswd'),
  name: z.string().optional().describe('What logs call it; default htpasswd.'),
  file: z.string().describe('File that htpasswd writes; read again when it changes.'),
  groupFile: z.string().optional().describe("File with groups in Apache's format (AuthGroupFile)."),
  tokens: allowList.optional(),
  weakHashes: z.enum(['refuse', 'allow']).optional().describe('{SHA} without salt; default refuse.'),
})

const ldapSchema = z.strictObject({
  type: z.literal('ldap'),
  name: z.string().optional().describe('What logs call it; default ldap.'),
  url: z
    .string()
    .regex(/^ldaps?:\/\//i, 'give ldap://HOST or ldaps://HOST')
    .describe('ldap://HOST or ldaps://HOST.'),
  startTls: z.boolean().optional().describe('Turn TLS on before anything else is said.'),
  ca: z.string().optional().describe('PEM file of the authority that the server is checked with.'),
  insecure: z.boolean().optional().describe('Passwords may go over the network in plain text; default false.'),
  bindDn: z.string().optional().describe('Whose password is tried: uid={uid},ou=people,dc=example,dc=com.'),
  searchBase: z.string().optional().describe('Or where entries are looked for,'),
  filter: z.string().optional().describe('by what; default (uid={uid}),'),
  bindAs: z.string().optional().describe('as whom (with bindDn: who looks people up at renewals),'),
  password: secret.optional().describe('and with which password.'),
  uidAttribute: z.string().optional().describe('Attribute that is the uid of tickets; default uid.'),
  groups: z
    .union([
      z.strictObject({ attribute: z.string() }),
      z.strictObject({ base: z.string(), filter: z.string().optional(), attribute: z.string().optional() }),
    ])
    .optional()
    .describe('Where groups stand: an attribute of the entry (memberOf), or entries that name it.'),
  tokens: allowList.optional(),
  userData: z.array(z.string()).optional().describe('Attributes that become user data: name=value&name=value.'),
  timeout: seconds.optional().describe('Seconds until the server must have answered; default 5.'),
})

const moduleSchema = z.strictObject({
  type: z.literal('module'),
  file: z.string().describe('JavaScript module whose default export is a PasswordAuthenticator, or makes one.'),
})

const oidcSchema = z.strictObject({
  type: z.literal('oidc').optional(),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'small letters, digits and -')
    .describe('Part of our URLs and of uids: small letters, digits and -.'),
  label: z.string().optional().describe('On the button; default the name.'),
  issuer: httpUrl.describe("The provider's issuer URL."),
  clientId: z.string(),
  clientSecret: secret.optional().describe('Left out: a public client.'),
  clientAuth: z
    .enum(['basic', 'post'])
    .optional()
    .describe('How the secret is sent; default post where the provider takes it.'),
  scopes: z.array(z.string()).optional().describe('Default openid and profile.'),
  accounts: z.record(z.string(), z.string()).optional().describe('Uids for known subs; others are NAME:SUB.'),
  unknownAccounts: z.enum(['allow', 'refuse']).optional().describe('Whose sub is not in accounts; default allow.'),
  tokens: z
    .strictObject({ claim: z.string(), allow: allowList })
    .optional()
    .describe('Claim whose values become tokens, as far as they are allowed.'),
  required: z.array(z.string()).optional().describe('Only people with one of these tokens may sign in.'),
  userData: z.array(z.string()).optional().describe('Claims that become user data: name=value&name=value.'),
  userInfo: z.boolean().optional().describe('Ask the userinfo endpoint as well; default true.'),
  timeout: seconds.optional().describe('Seconds until the provider must have answered; default 10.'),
  clockTolerance: z.number().int().min(0).max(300).optional().describe('Seconds; default 30.'),
  prompt: z
    .enum(['none', 'login', 'consent', 'select_account'])
    .optional()
    .describe('What the provider is to ask again.'),
  maxAge: z.number().int().min(0).optional().describe('Seconds since the sign-in there; older ones are asked again.'),
})

const limitSchema = z.strictObject({
  free: z.number().int().min(1).optional().describe('Tries that cost no waiting.'),
  longest: z.number().int().min(1).max(86_400).optional().describe('The longest wait in seconds.'),
})

export const loginSchema = z
  .strictObject({
    path: z
      .string()
      .regex(/^(?:\/[A-Za-z0-9._~-]+)+$/, 'give a plain path without a slash at its end, such as /login')
      .optional()
      .describe('Where its pages are; default /login.'),
    hosts: z.array(hostName).min(1).optional().describe('Virtual hosts that have it; default all.'),
    url: httpUrl.optional().describe('Its URL as browsers know it; default as the client calls it.'),
    home: z
      .string()
      .regex(/^(?:\/(?![/\\])|https?:\/\/[^/])[!-~]*$/i, 'give a path, or an URL with http or https')
      .optional()
      .describe('Where people go who came from nowhere; default /.'),
    backHosts: z.array(hostName).optional().describe('Hosts that people may be sent back to, beside its own.'),
    authenticators: z
      .array(
        z.discriminatedUnion('type', [htpasswdSchema, ldapSchema, moduleSchema], {
          error: 'give a type: htpasswd, ldap or module',
        }),
      )
      .optional()
      .describe('Who checks passwords, one after the other.'),
    providers: z.array(oidcSchema).optional().describe('Where else people can sign in (OpenID Connect).'),
    signingKey: signingKeySchema
      .optional()
      .describe('Private key that makes signed tickets (mod_auth_pubtkt), for areas that have its public key.'),
    passthru: z
      .boolean()
      .optional()
      .describe('Passwords go on in signed tickets, sealed with the passthruKey; default false.'),
    tickets: ticketsSchema
      .optional()
      .describe('What its signed tickets are like, where the configuration says nothing of it.'),
    throttle: z
      .strictObject({
        account: limitSchema.optional().describe('For an account; default 5 free, 60 s.'),
        address: limitSchema.optional().describe('For a client address (IPv6: its /64); default 20 free, 900 s.'),
        device: limitSchema.optional().describe("For an account in its owner's browser; default 10 free, 300 s."),
      })
      .optional()
      .describe('How failed tries slow the next ones down.'),
    messages: z.record(z.string(), z.string()).optional().describe('Other words than the English ones.'),
  })
  .describe('How people sign in.')

export type LoginInput = z.output<typeof loginSchema>
