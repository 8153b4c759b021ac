<?php
// Drives pubtkt.inc for pubtkt.mjs. argv: the file's path.
//
// "issue": key file, "RSA" or "DSA", digest, uid, client's address, valid until, seconds of grace, tokens, user data,
//   bauth, "1" for multifactor; answer: the ticket
// "issue-php": the same to pubtkt_generate_php, which has neither type, digest nor multifactor, and takes the key as text
// "verify": public key file, "RSA" or "DSA", digest, ticket; "verify-php": public key file, ticket; answer: "1"

[, $source] = $argv;
// It ends with a line break behind its last tag, and complaints go to the same output.
ob_start();
require $source;

function answer($question, $fields) {
    switch ($question) {
        case 'issue':
            [$key, $type, $digest, $uid, $ip, $until, $grace, $tokens, $data, $bauth, $factor] = $fields;
            $more = [$bauth, $factor === '1'];
            return pubtkt_generate($key, $type, $digest, $uid, $ip, $until, $grace, $tokens, $data, ...$more);
        case 'issue-php':
            [$key, , , $uid, $ip, $until, $grace, $tokens, $data, $bauth] = $fields;
            return pubtkt_generate_php(file_get_contents($key), $uid, $ip, $until, $grace, $tokens, $data, $bauth);
        case 'verify':
            return pubtkt_verify(...$fields) ? '1' : false;
        case 'verify-php':
            return pubtkt_verify_php(file_get_contents($fields[0]), $fields[1]) ? '1' : false;
    }
}

while (($line = fgets(STDIN)) !== false) {
    $parts = explode("\t", rtrim($line, "\n"));
    $ticket = answer($parts[0], array_map('hex2bin', array_slice($parts, 1)));
    ob_clean();
    fwrite(STDOUT, ($ticket === false ? 'refused' : "ok\t" . bin2hex($ticket)) . "\n");
}
