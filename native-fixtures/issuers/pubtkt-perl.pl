# Drives mod_auth_pubtkt.pm for pubtkt.mjs: one question a line, one answer a line.
#
# "issue": key file, "rsa" or "dsa", digest, uid, client's address, valid until, seconds of grace, tokens, user data; an
#   empty digest is left out; answer: the ticket
# "verify": public key file, "rsa" or "dsa", digest, ticket; answer: "1"
# Tab-separated; all but the question as hex, since they are bytes. Answers begin with "ok", or are "refused".
use strict;
use warnings;
use mod_auth_pubtkt;

# It warns of what it refuses, openssl's complaint included.
local $SIG{__WARN__} = sub { };

sub issue {
    my ($key, $type, $digest, $uid, $ip, $until, $grace, $tokens, $data) = @_;
    return scalar pubtkt_generate(
        privatekey  => $key,
        keytype     => $type,
        (length $digest ? (digest => $digest) : ()),
        userid      => $uid,
        clientip    => $ip,
        validuntil  => $until,
        graceperiod => $grace,
        tokens      => $tokens,
        userdata    => $data,
    );
}

sub verify {
    my ($key, $type, $digest, $ticket) = @_;
    return scalar pubtkt_verify(publickey => $key, keytype => $type, digest => $digest, ticket => $ticket);
}

my %questions = (issue => \&issue, verify => \&verify);

$| = 1;
while (my $line = <STDIN>) {
    chomp $line;
    my ($question, @fields) = split /\t/, $line, -1;
    my $answer = eval { $questions{$question}->(map { pack 'H*', $_ } @fields) };
    print defined $answer ? "ok\t" . unpack('H*', $answer) : 'refused', "\n";
}
