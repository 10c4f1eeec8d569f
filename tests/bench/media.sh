# SPDX-License-Identifier: MIT
# media.sh - one decision about a device, of few and of very many rules: ours beside USBGuard's library.

# shellcheck disable=SC2046 # words
g++ -O2 -std=c++17 $(pkg-config --cflags libusbguard) -o "$root/media_usbguard" "$here/media_usbguard.cpp" \
	$(pkg-config --libs libusbguard)

for n in 10 1000 10000 100000; do
	mkdir "$root/media-$n"
	read -r match none first bytes < <("$O/tests/bench/media_decision" "$root/media-$n" "$n" 5000)
	figure "media-decision-$n-match" "$match" us 5
	figure "media-decision-$n-none" "$none" us 5
	figure "media-bytes-a-rule-of-$n" "$bytes" bytes 1024
	echo "beside media-decision-$n-and-opening $first us"
	read -r match none < <("$root/media_usbguard" "$n" $((n < 100000 ? 101 : 11)))
	echo "beside media-decision-$n-usbguard-match $match us"
	echo "beside media-decision-$n-usbguard-none $none us"
done
