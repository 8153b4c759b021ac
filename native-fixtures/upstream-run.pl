# Runs upstream's test files as they are, each in a process of its own: `== FILE`, then what the file prints. The modules
# that all of them use are loaded once, which is most of the work.
#
# The world is made fit for them: the name of their server leads to loopback, and a clock keeps nobody waiting.
use strict;
use warnings;

use Apache::TestRequest ();
use DateTime            ();
use HTTP::Cookies       ();
use LWP::Protocol::http ();
use POSIX               ();

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

$| = 1;
open STDERR, '>&', \*STDOUT or die "standard error: $!\n";
for my $file (@ARGV) {
    print "\n== $file\n";
    my $child = fork // die "fork: $!\n";
    if ($child) {
        waitpid $child, 0;
        next;
    }
    $0 = $file;
    @ARGV = ();
    # Undefined where it does not compile, too.
    defined(do "./$file") or $@ eq '' or die $@;
    exit;
}
