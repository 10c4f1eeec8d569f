# SPDX-License-Identifier: MIT
# blocklist.sh - lists of leaked passwords: building and looking up.

"$O/tests/bench/blocklist" || missed=1
