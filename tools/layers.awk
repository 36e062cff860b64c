# SPDX-License-Identifier: Apache-2.0
# Who includes whom: the first file (tools/layers) says which folders each may use, its own included. The queue's
# records are open to rules and handlers, but not the queue itself; some libraries have one home.
BEGIN {
    split("curl/curl.h=http microhttpd.h=http hiredis/=queue jq.h=rules gumbo.h=handlers openssl/=base openssl/ssl.h=queue openssl/x509_vfy.h=queue uv.h=base", pairs, " ")
    for (i in pairs) { split(pairs[i], p, "="); home[p[1]] = p[2] }
}
FILENAME == "tools/layers" { split($0, part, ":"); may[part[1]] = " " part[1] part[2] " "; next }
FNR == 1 { folder = FILENAME; sub(/\/.*/, "", folder) }
/^#include "/ {
    split($0, q, "\""); target = q[2]; top = target; sub(/\/.*/, "", top)
    if (index(may[folder], " " top " ") == 0) fail(folder "/ may not include " target)
    if (folder == "rules" && top == "queue" && target != "queue/event.h") fail("rules/ may include queue/event.h only, not " target)
    if (folder == "config" && top == "queue" && target != "queue/queue.h") fail("config/ may include queue/queue.h only, not " target)
    if (folder == "config" && top == "http" && target != "http/signature.h") fail("config/ may include http/signature.h only, not " target)
}
# bench/bare.c measures libmicrohttpd without us.
/^#include </ {
    for (lib in home) {
        if (index($0, "<" lib) && folder != home[lib] && !is_allowed() && FILENAME != "bench/bare.c") fail("only " home[lib] "/ knows " lib)
    }
}
# A header with a home of its own, though its library lives elsewhere: TLS to Redis takes an SSL_CTX.
function is_allowed(   file) {
    file = $0; sub(/^#include </, "", file); sub(/>.*/, "", file)
    return (file in home) && folder == home[file]
}
function fail(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; bad = 1 }
END { exit bad }
