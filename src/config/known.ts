/** Names of directives: those that are read, and those that have no bearing on what a guard decides. */

function ticketNames(names: string): readonly string[] {
  return names.split(/\s+/).map((name) => `TKTAuth${name}`)
}

/** The directives of mod_auth_tkt. */
export const TICKET_NAMES = ticketNames(`LoginURL TimeoutURL PostTimeoutURL UnauthURL CookieName Domain CookieExpires
  BackCookieName BackArgName IgnoreIP RequireSSL CookieSecure Token Timeout TimeoutMin TimeoutRefresh Secret SecretOld
  DigestType GuestLogin GuestCookie GuestUser GuestFallback GuestEmpty Debug QuerySeparator`)

/** The directives of mod_auth_pubtkt. */
export const SIGNED_NAMES = ticketNames(`LoginURL TimeoutURL PostTimeoutURL UnauthURL Header CookieName BackArgName
  RefreshURL BadIPURL RequireSSL FakeBasicAuth PassthruBasicAuth Token PublicKey Digest PassthruBasicKey Debug
  RequireMultifactor MultifactorURL`)

/** Those that every AllowOverride has but None, and that Apache has outside of sections, too. */
const ANYWHERE = /^TKTAuth(?:PublicKey|Digest|PassthruBasicKey)$/i

export function standsAnywhere(name: string): boolean {
  return ANYWHERE.test(name)
}

export type TicketModule = 'mod_auth_tkt' | 'mod_auth_pubtkt'

const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase())
const shared = new Set(lower(TICKET_NAMES).filter((name) => lower(SIGNED_NAMES).includes(name)))
const owners = new Map<string, TicketModule>([
  ...lower(TICKET_NAMES).map((name) => [name, 'mod_auth_tkt'] as const),
  ...lower(SIGNED_NAMES).map((name) => [name, 'mod_auth_pubtkt'] as const),
])

/** The only one of the two modules that has the directive; undefined where both have it, or neither. */
export function ownerOf(name: string): TicketModule | undefined {
  const plain = name.toLowerCase()
  return shared.has(plain) ? undefined : owners.get(plain)
}

/** Read here besides those: what places there are, who may enter them, and how the text is put together. */
const READ = `Require RequireAny RequireAll RequireNone AuthType AuthMerging AuthGroupFile Satisfy Order Allow Deny
  ServerName ServerAlias DocumentRoot Alias ScriptAlias AliasMatch ScriptAliasMatch AccessFileName AllowOverride
  AllowOverrideList VirtualHost Location LocationMatch Directory DirectoryMatch Files FilesMatch IfModule IfDefine
  IfVersion IfFile Include IncludeOptional Define UnDefine LoadModule ServerRoot Error SSLRequire`

const known = new Set([...TICKET_NAMES, ...SIGNED_NAMES, ...READ.split(/\s+/)].map((name) => name.toLowerCase()))

/** Lower-case names that need no note: they say how Apache serves, not to whom. */
export const HARMLESS: ReadonlySet<string> = new Set(
  `AcceptFilter AcceptPathInfo AddCharset AddDefaultCharset AddEncoding AddHandler AddIcon AddIconByEncoding
  AddIconByType AddLanguage AddOutputFilter AddOutputFilterByType AddType AllowEncodedSlashes AuthBasicProvider AuthName
  AuthUserFile BrowserMatch BrowserMatchNoCase CustomLog DefaultIcon DefaultRuntimeDir DefaultType DeflateCompressionLevel
  DirectoryIndex DirectorySlash DumpIOInput EnableMMAP EnableSendfile ErrorDocument ErrorLog ErrorLogFormat ExpiresActive
  ExpiresByType ExpiresDefault ExtendedStatus FileETag ForceType Group HeaderName HostnameLookups HttpProtocolOptions
  IndexIgnore IndexOptions KeepAlive KeepAliveTimeout LanguagePriority ForceLanguagePriority LimitInternalRecursion
  LimitRequestBody LimitRequestFields LimitRequestFieldSize LimitRequestLine Listen ListenBacklog LogFormat LogLevel
  MaxConnectionsPerChild MaxKeepAliveRequests MaxRequestWorkers MaxRequestsPerChild MaxClients MaxSpareServers
  MaxSpareThreads MIMEMagicFile MinSpareServers MinSpareThreads ModMimeUsePathInfo Mutex NameVirtualHost Options PassEnv
  PidFile Protocols ProtocolsHonorOrder ReadmeName RemoveHandler RemoveType RequestReadTimeout ScoreBoardFile
  ScriptSock SendBufferSize ServerAdmin ServerLimit ServerSignature ServerTokens SetEnv SetEnvIf
  SetEnvIfNoCase SetHandler SetOutputFilter SSLCACertificateFile SSLCertificateChainFile SSLCertificateFile
  SSLCertificateKeyFile SSLCipherSuite SSLCompression SSLEngine SSLHonorCipherOrder SSLOptions SSLPassPhraseDialog
  SSLProtocol SSLRandomSeed SSLSessionCache SSLSessionCacheTimeout SSLSessionTickets SSLUseStapling StartServers
  StartThreads StaticFile ThreadLimit ThreadsPerChild ThreadStackSize TimeOut TraceEnable TransferLog TypesConfig
  UnsetEnv UseCanonicalName UseCanonicalPhysicalPort User`
    .toLowerCase()
    .split(/\s+/),
)

/** Read for what is served: those who read it tell what they leave out. */
const SERVED =
  /^(?:ProxyPass|ProxyPassMatch|ProxyPassReverse|ProxyPreserveHost|ProxyTimeout|Redirect(?:Match|Permanent|Temp)?|RequestHeader|WSGIScriptAlias(?:Match)?|VirtualScriptAlias(?:IP)?|VirtualDocumentRootIP|JkMount)$/i

export function isServed(name: string): boolean {
  return SERVED.test(name)
}

/** Directives of modules that serve, log, encode or proxy; left out with a note. */
const FAMILIAR = new RegExp(
  `^(?:(?:Add|Balancer|Brotli|BrowserMatch|Cache|CGI|Charset|Cookie|Dav|Deflate|Expires|FastCgi|Fcgid|Filter|Force|H2|
  Index|LDAP|LimitRequest|Log|MD|ModPagespeed|Passenger|Perl|Proxy|RailsEnv|Redirect|Remove|RLimit|Sec|SetEnv|SSI|SSL|
  Substitute|SVN|UndefMacro|WSGI|XSendFile)\\w*|(?:Request)?Header|Rewrite(?:Base|Cond|Engine|Map|Options|Rule)|
  php\\d?_(?:admin_)?(?:value|flag)|php_?ini_?dir|Action|Script|FallbackResource|CheckSpelling|CheckCaseOnly|
  ContentDigest|DirectoryCheckHandler|IdentityCheck|KeptBodySize|LimitXMLRequestBody|MergeSlashes|MetaDir|MetaFiles|
  MetaSuffix|MultiviewsMatch|QualifyRedirectURL|RegexDefaultOptions|ScriptInterpreterSource|SetInputFilter|
  UserDir|VirtualDocumentRoot|VirtualDocumentRootIP|VirtualScriptAlias|VirtualScriptAliasIP|Warning|XBitHack)$`.replace(
    /\s+/g,
    '',
  ),
  'i',
)

/** Is it known what the directive does, and that nobody is kept out by it? */
export function isFamiliar(name: string): boolean {
  return HARMLESS.has(name.toLowerCase()) || isKnown(name) || FAMILIAR.test(name)
}

const SERVER_ONLY = new Set(
  `Alias ScriptAlias AliasMatch ScriptAliasMatch DocumentRoot ServerName ServerAlias ServerPath AccessFileName UserDir
  VirtualDocumentRoot VirtualDocumentRootIP VirtualScriptAlias VirtualScriptAliasIP WSGIScriptAlias WSGIScriptAliasMatch`
    .toLowerCase()
    .split(/\s+/),
)

/** Is it read for a whole server, so that nobody would look at it inside of a section? */
export function isServerOnly(name: string): boolean {
  return SERVER_ONLY.has(name.toLowerCase())
}

/** Is the directive or section read here? */
export function isKnown(name: string): boolean {
  return known.has(name.toLowerCase())
}
