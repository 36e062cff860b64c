# SPDX-License-Identifier: Apache-2.0
# No function over 40 lines between its braces, no file over 450 lines (tests: 800). The style puts a function's
# braces in the first column.
FNR == 1 { if (last) check_file(); last = FILENAME; is_function = 0 }
{ lines = FNR }
/^\{/ { start = FNR; is_function = previous !~ /(=|enum|struct|union)[^()]*$/ }
/^\}/ && start { if (is_function && FNR - start - 1 > 40) fail(start, "a function of " FNR - start - 1 " lines: 40 is the most"); start = 0 }
{ previous = $0 }
END { check_file(); exit bad }
function check_file() { most = last ~ /^tests\// ? 800 : 450; if (lines > most) { printf "%s: %d lines: %d is the most\n", last, lines, most; bad = 1 } }
function fail(line, text) { printf "%s:%d: %s\n", FILENAME, line, text; bad = 1 }
