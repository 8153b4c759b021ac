<?php
// Drives auth_ticket.inc.php for contrib.mjs. argv: the file's path, "encrypt" or "plain", a file for the secret.
//
// question: secret, ip, time, uid, tokens, user data, "base64" or "raw"; answer: the ticket.

[, $source, $mode, $secretFile] = $argv;
// PHP 8 knows $text{0} no more.
$code = preg_replace('/(\$\w+)\{((?:[^{}\n])*)\}/', '$1[$2]', file_get_contents($source));
ob_start();
eval('?>' . $code);
ob_end_clean();
$ENCRYPT_COOKIE = $mode === 'encrypt';
$SECRET_KEY_FILE = $secretFile;

while (($line = fgets(STDIN)) !== false) {
    $fields = array_map('hex2bin', array_slice(explode("\t", rtrim($line, "\n")), 1));
    [$secret, $ip, $time, $uid, $tokens, $data, $form] = $fields;
    file_put_contents($secretFile, "TktAuthSecret \"$secret\"\n");
    $ticket = getTKTHash($ip, $uid, $tokens, $data, $secret, $form === 'base64', (int) $time);
    echo "ok\t", bin2hex($ticket), "\n";
}
