# Drives Apache::AuthTkt for perl-issuer.mjs: one request a line, one answer a line, so one perl makes many tickets.
#
# request: digest, secret, ip, timestamp, uid, tokens, user data, "base64" or "raw"; tab-separated; secret, uid,
#          tokens and user data as hex, since they are bytes
# answer:  the ticket as hex, or "refused"
use strict;
use warnings;
use Apache::AuthTkt;

$| = 1;
while (my $line = <STDIN>) {
    chomp $line;
    my ($digest, $secret, $ip, $ts, $uid, $tokens, $data, $form) = split /\t/, $line;
    my $issuer = Apache::AuthTkt->new(digest_type => $digest, secret => pack('H*', $secret));
    my $ticket = $issuer->ticket(
        ip_addr => $ip,
        ts      => $ts,
        uid     => pack('H*', $uid),
        tokens  => pack('H*', $tokens),
        data    => pack('H*', $data),
        base64  => $form eq 'base64',
    );
    print defined $ticket ? unpack('H*', $ticket) : 'refused', "\n";
}
