/** Recorded configurations of mod_authn_tkt as lighttpd's own text. */

/** What a row of mod_authn_tkt.json has of its configuration. */
export interface RecordedConfig {
  readonly config: Readonly<Record<string, unknown>>
  readonly location: string
}

/** The text that has lighttpd ask for users at the row's place, with the row's options. */
export function lighttpdConfigOf({ config, location }: RecordedConfig): string {
  const { _require: require = 'valid-user', ...options } = config
  const lines = Object.entries(options).map(([name, value]) => `    ${quoted(name)} => ${written(value as Value)},`)
  const rule = `"method" => "authn_tkt", "realm" => "recorded", "require" => ${quoted(require as string)}`
  return `server.modules = ( "mod_auth", "mod_authn_tkt" )
$HTTP["url"] =^ ${quoted(location)} {
  auth.method.tkt.opts = (
${lines.join('\n')}
  )
  auth.require = ( ${quoted(location)} => ( ${rule} ) )
}
`
}

type Value = string | Readonly<Record<string, readonly string[]>>

function written(value: Value): string {
  if (typeof value === 'string') return quoted(value)
  const entries = Object.entries(value).map(
    ([path, labels]) => `${quoted(path)} => ( ${labels.map(quoted).join(', ')} )`,
  )
  return `( ${entries.join(', ')} )`
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`
}
