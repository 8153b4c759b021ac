# What upstream's tests need of the world, loaded before them: a name that leads to loopback, and a clock that does not
# keep anybody waiting.
package UpstreamWorld;

use strict;
use warnings;
use POSIX ();
use LWP::Protocol::http;

BEGIN {
    # libfaketime reads the time from this file, in the tests and in the server that they ask. Who sleeps moves it.
    my $clock = $ENV{FAKETIME_TIMESTAMP_FILE} or die "FAKETIME_TIMESTAMP_FILE is not set\n";
    *CORE::GLOBAL::sleep = sub {
        my ($seconds) = @_;
        my $then = POSIX::strftime('%Y-%m-%d %H:%M:%S', gmtime(time + $seconds));
        open my $new, '>', "$clock.new" or die "$clock.new: $!\n";
        print $new "$then\n";
        close $new or die "$clock.new: $!\n";
        rename "$clock.new", $clock or die "$clock: $!\n";
        return $seconds;
    };
}

# The tests call the server localhost.localdomain, which few machines know. Host headers keep the name.
@LWP::Protocol::http::EXTRA_SOCK_OPTS = (PeerAddr => '127.0.0.1');

1;
