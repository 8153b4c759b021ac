# Drives Apache::AuthTkt for perl-issuer.mjs: one question a line, one answer a line, so one perl makes many tickets.
#
# "issue": digest, secret, ip, timestamp, uid, tokens, user data, "base64" or "raw"; answer: the ticket
# "validate": secret, ip, cookie value; answer: timestamp, uid, tokens, user data
# Tab-separated; all but the question as hex, since they are bytes. Answers begin with "ok", or are "refused".
use strict;
use warnings;
use Apache::AuthTkt;

# validate_ticket computes on with what it could not split.
local $SIG{__WARN__} = sub { };

sub issue {
    my ($digest, $secret, $ip, $ts, $uid, $tokens, $data, $form) = @_;
    my $issuer = Apache::AuthTkt->new(digest_type => $digest, secret => $secret);
    return $issuer->ticket(
        ip_addr => $ip,
        ts      => $ts,
        uid     => $uid,
        tokens  => $tokens,
        data    => $data,
        base64  => $form eq 'base64',
    );
}

sub validate {
    my ($secret, $ip, $value) = @_;
    my $info = eval { Apache::AuthTkt->new(secret => $secret)->validate_ticket($value, ip_addr => $ip) };
    return $info && defined $info->{digest} ? @$info{qw(ts uid tokens data)} : undef;
}

my %questions = (issue => \&issue, validate => \&validate);

$| = 1;
while (my $line = <STDIN>) {
    chomp $line;
    my ($question, @fields) = split /\t/, $line, -1;
    my @answer = $questions{$question}->(map { pack 'H*', $_ } @fields);
    print join("\t", defined $answer[0] ? ('ok', map { unpack 'H*', $_ } @answer) : 'refused'), "\n";
}
