# SPDX-License-Identifier: MIT
# password.sh - judging a password, and its history.

for bench in password history; do
	"$O/tests/bench/$bench" || missed=1
done
