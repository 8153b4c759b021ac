-- An action for HAProxy 2.6 and later: http-request lua.authtkt URL
--
-- Asks authtkt's /auth/haproxy about the request and sets
--   txn.authtkt.status    200: let in; 302, 303 or 307: redirect; 401 or 403: refuse; anything else, or unset: an error
--   txn.authtkt.location  where a redirect leads
--   txn.authtkt.cookie    a Set-Cookie value for the client, txn.authtkt.cookie_2 another; unset where there is none
--   txn.authtkt.cache     a Cache-Control value for the client; unset where there is none
--   txn.authtkt.authorization  the Authorization that goes on, the client's or ours; unset where there is none
--   txn.authtkt.user, txn.authtkt.tokens, txn.authtkt.data  who asks; empty where nobody has to be known
--
-- Part of authtkt, MIT licence.

local TIMEOUT = 5000 -- milliseconds

-- Not the client's business to set, or about its connection alone.
local OURS = {
  ["x-original-url"] = true,
  ["x-original-method"] = true,
  ["x-original-ip"] = true,
  ["x-original-host"] = true,
  ["host"] = true,
  ["connection"] = true,
  ["content-length"] = true,
  ["expect"] = true,
  ["keep-alive"] = true,
  ["te"] = true,
  ["trailer"] = true,
  ["transfer-encoding"] = true,
}

-- Lists of header values begin at 0.
local function first(headers, name)
  return headers[name] and headers[name][0]
end

local function check_headers(txn)
  local headers = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    if not OURS[name] then
      headers[name] = {}
      for i = 0, #values do headers[name][i + 1] = values[i] end
    end
  end
  local received = txn.http:req_get_headers()
  local host = first(received, "host") or ""
  -- An absolute target names a host of its own, which has to be the same.
  local authority = string.match(txn.f:url(), "^%a[%w+.-]*://([^/?#]*)")
  local tls = txn.f:ssl_fc() -- 1 or 0; true or false from HAProxy 3.1 on, if it is told so
  local scheme = (tls == 1 or tls == true) and "https" or "http"
  headers["x-original-url"] = { scheme .. "://" .. host .. (txn.f:pathq() or "") }
  headers["x-original-method"] = { txn.f:method() }
  headers["x-original-ip"] = { txn.f:src() }
  headers["x-original-host"] = { authority or host }
  return headers
end

local function authtkt(txn, url)
  local answer = core.httpclient():head({ url = url, headers = check_headers(txn), timeout = TIMEOUT })
  local headers = answer.headers or {}
  local status = answer.status
  if status == 401 and first(headers, "x-auth-redirect") then
    status = tonumber(first(headers, "x-auth-redirect-status"))
    txn:set_var("txn.authtkt.location", first(headers, "x-auth-redirect"))
  end
  local cookie, second = first(headers, "x-auth-cookie"), first(headers, "x-auth-cookie-2")
  if cookie then txn:set_var("txn.authtkt.cookie", cookie) end
  if second then txn:set_var("txn.authtkt.cookie_2", second) end
  if first(headers, "cache-control") then txn:set_var("txn.authtkt.cache", first(headers, "cache-control")) end
  if first(headers, "authorization") then txn:set_var("txn.authtkt.authorization", first(headers, "authorization")) end
  txn:set_var("txn.authtkt.user", first(headers, "remote-user") or "")
  txn:set_var("txn.authtkt.tokens", first(headers, "remote-user-tokens") or "")
  txn:set_var("txn.authtkt.data", first(headers, "remote-user-data") or "")
  -- Last: what failed before this is not let in.
  txn:set_var("txn.authtkt.status", status)
end

core.register_action("authtkt", { "http-req" }, authtkt, 1)
