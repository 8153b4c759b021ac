# Drives auth_tkt.tcl for contrib.mjs. argv: the file's path.
#
# question: secret, ip, time, uid, tokens, user data; answer: the ticket.
source [lindex $argv 0]

# TclX's, which the package asks about -timestamp and does not load.
proc ctype {class text} { return [string is $class -strict $text] }

fconfigure stdout -buffering line
while {[gets stdin line] >= 0} {
	lassign [lmap field [lrange [split $line \t] 1 end] {binary decode hex $field}] secret ip time uid tokens data
	::auth_tkt::get_tkt_to_array made -ip $ip -user $uid -key $secret -tokenlist [split $tokens ,] -data $data \
		-timestamp $time
	puts "ok\t[binary encode hex $made(cookie)]"
}
