# SPDX-License-Identifier: Apache-2.0
# Prints the targets of a Makefile that carry a "## text", under their "##@ Heading".
BEGIN { FS = ":.*## "; print "usage: make [TARGET] [CC=clang] [SANITIZE=address,undefined] [WERROR=1]" }
/^##@/ { print "\n" substr($0, 5) }
/^[a-z0-9-]+:.*## / { printf "  %-10s %s\n", $1, $2 }
