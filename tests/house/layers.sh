#!/bin/sh
# The rules of the house hold; and the checker sees each of them broken.
set -eu
tests/check-layers "$O"

checker=$PWD/tests/check-layers
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/policy" "$copy/admin" "$copy/tests" "$copy/include/sereno"
cp include/sereno/scoped.h "$copy/include/sereno"
cd "$copy"
"$checker" # what is copied is sound: each fault below is the one that is planted

plant() { # SAYS FILE TEXT
	{
		printf '/* SPDX-License-Identifier: MIT */\n/*\n * %s - planted.\n */\n' "$(basename "$2")"
		printf '%b\n' "$3"
	} >"$2"
	if said=$("$checker"); then
		echo "not seen: $3"
		exit 1
	fi
	case $said in
	*"$1"*) ;;
	*) echo "expected '$1', got: $said" && exit 1 ;;
	esac
	rm "$2"
}
plant 'not its room'        policy/x.c '#include "../admin/y.h"'
plant 'not its room'        policy/x.c '#include "y.h"'
plant 'does not exist'      policy/x.c '#include <sereno/nothing.h>'
plant 'for pam,daemon/ only' policy/x.c '#include <security/pam_modules.h>'
plant 'for otp/ only'       admin/x.c '#include <liboath/oath.h>'
plant 'for daemon,media/ only'    policy/x.c '#include <systemd/sd-daemon.h>'
plant 'for policy/ only'    admin/x.c '#include <yaml.h>'
plant 'compile by itself'   policy/x.h 'struct x { size_t n; };'
plant 'goto out'            policy/x.c 'void f(void)\n{\n\tgoto out;\nout:\n}'
plant 'strcpy'              policy/x.c 'void f(void)\n{\n\tstrcpy(a, b);\n}'
plant 'function of 71'      policy/x.c "void f(void)\n{\n$(yes 'g();' | head -71)\n}"
plant 'file of 50'          policy/x.c "$(yes 'extern int x;' | head -500)"
for file in policy/x.c policy/y.c; do printf '/* x.c - no licence */\n' >$file; done
if said=$("$checker"); then exit 1; fi
case $said in *'policy/y.c:1: no licence'*'policy/y.c:2: no sentence'*) ;; *) exit 1 ;; esac

# Calls from room to room, by what was built: one that is in order, one sideways, one upward.
build() { # ROOM TEXT
	echo "$2" | gcc -c -x c -o "$1.o" - && ar rcs "built/$1.a" "$1.o"
}
mkdir built
build state 'void slot_open(void) {}'
build register 'void register_open(void) {}'
build admin 'void review_run(void) {}'
build sessions 'void slot_open(void); void register_open(void); void review_run(void); void f(void) { slot_open(); register_open(); review_run(); }'
said=$(SANITIZE= "$checker" built 2>/dev/null || true) # none of it is in what is built here
case $said in *'sessions/: may not call register/: register_open'*) ;; *) echo "not seen: sideways: $said" && exit 1 ;; esac
case $said in *'sessions/: may not call admin/: review_run'*) ;; *) echo "not seen: upward" && exit 1 ;; esac
case $said in *slot_open*) echo "said: slot_open" && exit 1 ;; esac
