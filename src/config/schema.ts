/** The JSON Schema of our configuration file, made from the schema that the guard itself checks with. */

import { z } from 'zod'
import { guardSchema } from '../policy/options.js'
import { loginSchema } from './login-schema.js'
import { areaShape, contentShape, gatewaySchema, hostShape } from './serving-schema.js'

type Schema = Record<string, unknown>

/** What has the forms that a file has beside a text. */
const SIGNED_KEYS: Readonly<Record<string, readonly Schema[]>> = {
  publicKey: fileOrVariable('the public key in PEM, whatever else stands there'),
  privateKey: fileOrVariable('nothing but the private key in PEM'),
  passthruKey: [
    ...fileOrVariable('nothing but the 16 bytes of the key, and a line end at most'),
    reference({
      apacheFile: { type: 'string', description: 'Apache configuration that has the key.' },
      line: { type: 'integer', minimum: 1, description: 'Line of its TKTAuthPassthruBasicKey.' },
    }),
  ],
}

function fileOrVariable(what: string): Schema[] {
  return [
    reference({ file: { type: 'string', description: `File with ${what}.` } }),
    reference({ env: { type: 'string', description: 'Name of the environment variable that holds the key.' } }),
  ]
}

const REFERENCES: readonly Schema[] = [
  reference({
    file: { type: 'string', description: 'File with nothing but the secret; one line end at its end does not count.' },
  }),
  reference({ env: { type: 'string', description: 'Name of the environment variable that holds the secret.' } }),
  reference({
    apacheFile: { type: 'string', description: 'Apache configuration that has the secret.' },
    line: { type: 'integer', minimum: 1, description: 'Line of its TKTAuthSecret or TKTAuthSecretOld.' },
  }),
  reference(
    {
      lighttpdFile: {
        type: 'string',
        description: 'lighttpd configuration that has the secret, or includes what has it.',
      },
      line: { type: 'integer', minimum: 1, description: 'Line of the secret in auth.method.tkt.opts.' },
    },
    {
      included: { type: 'string', description: 'The file that the line is in, where it is another one.' },
      option: { enum: ['secret', 'secret-old'], description: 'Which of the two; default secret.' },
    },
  ),
]

function reference(needed: Schema, optional: Schema = {}): Schema {
  const properties = { ...needed, ...optional }
  return { type: 'object', properties, required: Object.keys(needed), additionalProperties: false }
}

/** JSON Schema, draft 2020-12. It accepts whatever `readConfig` accepts. */
export function configSchema(): Schema {
  // A function object is nothing for a file.
  const inFiles = guardSchema.omit({ signatures: true })
  const { shape } = inFiles
  const areas = z.array(shape.areas.unwrap().element.extend(areaShape)).optional().describe(textOf(shape.areas))
  const host = shape.hosts.unwrap().element.extend({ ...hostShape, areas })
  const hosts = z.array(host).optional().describe(textOf(shape.hosts))
  const gateway = gatewaySchema.optional().describe('What a gateway has beside its guard.')
  const login = loginSchema.optional().describe('How people sign in.')
  const whole = inFiles.extend({ areas, hosts, ...contentShape, gateway, login })
  const made = z.toJSONSchema(whole, { io: 'input', unrepresentable: 'any' }) as Schema
  const { $schema, properties, ...rest } = withReferences(made) as Schema
  return {
    $schema,
    title: 'authtkt configuration',
    ...rest,
    properties: { $schema: { type: 'string', description: 'This schema, for editors.' }, ...(properties as Schema) },
  }
}

function textOf(schema: z.ZodOptional<z.ZodType>): string {
  return schema.description ?? schema.unwrap().description ?? ''
}

/** The forms that a file has in place of bytes and of groups. */
function withReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withReferences)
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withReferences(inner)]))
  const properties = copy.properties as Record<string, Schema> | undefined
  if (properties?.secret) {
    properties.secret = { description: properties.secret.description, anyOf: [{ type: 'string' }, ...REFERENCES] }
  }
  for (const [name, references] of Object.entries(SIGNED_KEYS)) {
    const key = properties?.[name]
    if (key) properties[name] = { description: key.description, anyOf: [{ type: 'string' }, ...references] }
  }
  // A rule has groups, too: a list of names.
  if (properties?.groups?.type === 'object') {
    const { description, ...groups } = properties.groups
    const file = reference({ file: { type: 'string', description: 'Group file in the format of Apache.' } })
    properties.groups = { description, anyOf: [groups, file] }
  }
  return copy
}
