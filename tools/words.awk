# SPDX-License-Identifier: Apache-2.0
# Calls nobody may use. Comments are looked at too: simpler, and nobody misses them there.
BEGIN {
    why["strcpy"] = why["strcat"] = why["sprintf"] = why["strncpy"] = why["vsprintf"] = "no bound: use base/buf or snprintf"
    why["strtok"] = "hidden state"
    why["atoi"] = why["atol"] = "no error: use strtol and look"
    why["cJSON_GetObjectItem"] = "ignores case: use json_get"
    why["redisCommand"] = why["redisAsyncCommand"] = "formats outside text: use the Argv form"
    why["system"] = why["popen"] = "runs a shell"
}
{
    line = $0
    while (match(line, /[A-Za-z_][A-Za-z0-9_]*[ ]*\(/)) {
        word = substr(line, RSTART, RLENGTH - 1); sub(/ +$/, "", word)
        if (word in why) { printf "%s:%d: %s: %s\n", FILENAME, FNR, word, why[word]; bad = 1 }
        line = substr(line, RSTART + RLENGTH)
    }
}
FILENAME !~ /^(base\/json|tests\/)/ && /cJSON_Parse[A-Za-z]*\(/ { printf "%s:%d: cJSON_Parse: use json_parse, which checks first\n", FILENAME, FNR; bad = 1 }
FNR == 1 && !/^\/\*/ { printf "%s:1: says not what it is for\n", FILENAME; bad = 1 }
END { exit bad }
