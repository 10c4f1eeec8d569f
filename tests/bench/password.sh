# SPDX-License-Identifier: MIT
# password.sh - judging a password, its history, and lists of leaked ones.

for bench in password history blocklist; do
	"$O/tests/bench/$bench" || missed=1
done
