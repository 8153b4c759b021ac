/** A whole configuration: several hosts, TLS, backends, nested sections, .htaccess files. */

export const SITE = `ServerRoot /etc/apache2
Listen 80
Listen 443
TKTAuthSecret sixteen-bytes-or-more
TKTAuthDigestType SHA512
DocumentRoot /srv/default
LimitRequestBody 1048576
AddHandler cgi-script .run
Alias /icons/ /usr/share/icons/
<Directory /srv>
  AllowOverride All
  Require all granted
</Directory>
<FilesMatch "^\\.ht">
  Require all denied
</FilesMatch>
<VirtualHost *:80>
  ServerName www.example.com
  Redirect permanent / https://www.example.com/
</VirtualHost>
<VirtualHost *:443>
  ServerName www.example.com
  ServerAlias example.com
  DocumentRoot /srv/www
  SSLEngine on
  SSLCertificateFile tls/www.pem
  SSLCertificateKeyFile tls/www.key
  ProxyPreserveHost On
  ProxyPass /app/static !
  ProxyPass /app http://127.0.0.1:3000/app timeout=5
  ProxyPassReverse /app http://127.0.0.1:3000/app
  <Location /app>
    TKTAuthLoginURL https://login.example.com/
    Require valid-user
    RequestHeader set X-User "expr=%{REMOTE_USER}"
    <RequireAny>
      Require user alice
    </RequireAny>
  </Location>
  <Location /app/api/>
    ProxyPass unix:/run/api.sock|http://api/v1/
    ProxyPreserveHost Off
  </Location>
  <Directory /srv/www/php>
    <FilesMatch \\.php$>
      SetHandler proxy:unix:/run/php.sock|fcgi://localhost
    </FilesMatch>
    <Files x.html>
      Require valid-user
    </Files>
  </Directory>
  ScriptAlias /cgi-bin/ /usr/lib/cgi-bin/
</VirtualHost>
<VirtualHost *:443>
  ServerName wiki.example.com
  SSLEngine on
  SSLCertificateFile tls/wiki.pem
  WSGIScriptAlias / /srv/wiki/wiki.wsgi
  Alias /media /srv/wiki/media
  <Location /metrics>
    ProxyPass ajp://127.0.0.1:8009/
  </Location>
</VirtualHost>
`

export const SITE_FILES = {
  '/srv/www/members/.htaccess': 'TKTAuthLoginURL /login\nRequire valid-user\nAddHandler foo .foo',
  '/srv/www/old/.htaccess': 'Redirect /old /new',
  '/srv/www/locked/.htaccess': 'RewriteEngine on\nRewriteRule ^secret - [F]',
}
