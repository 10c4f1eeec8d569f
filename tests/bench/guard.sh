# SPDX-License-Identifier: MIT
# guard.sh - what counting attempts adds to a login, and what it lets through at once.

for bench in guard guard_module guard_crowd; do
	"$O/tests/bench/$bench" || missed=1
done
