#!/bin/sh
# The sources are laid out as .clang-format says, where the version that decides is installed.
set -eu
tool=$(command -v clang-format-14 || command -v clang-format || true)
if [ -z "$tool" ] || ! "$tool" --version | grep -q 'version 14\.'; then
	echo "clang-format 14 is not installed: layout not checked"
	exit 0
fi
find policy state event pam admin include/sereno tests -name '*.[ch]' -exec "$tool" --dry-run -Werror {} +
