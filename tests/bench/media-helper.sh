# SPDX-License-Identifier: MIT
# media-helper.sh - the program that udev waits for at each device, with 10 and 10,000 rules about devices.

command -v umockdev-run >/dev/null || {
	echo 'umockdev is needed' >&2
	exit 2
}
mock=$here/../data/usb
stick=/devices/pci0000:00/0000:00:14.0/usb1/1-3

# helper_policy RULES: for as many sticks; the last rule is the mock's.
helper_policy() {
	cat <<-'END'
		sereno: 1
		roles:
		  sysadmin:
		    members: [ana]
		    allow:
		      - {services: [login, sudo, su], from: [anywhere]}
		root:
		  direct-login: [seat, serial]
		media:
		  storage: deny
		  rules:
	END
	awk -v rules="$1" 'BEGIN {
		for (i = 1; i < rules; i++)
			printf "    - {name: stick-%d, device: {vendor: \x27%04x\x27, product: \x27%04x\x27, serial: [SER%08d]}, roles: [sysadmin], access: read-only}\n", i, 1 + i % 5000, i % 60000, i * 7919
		printf "    - {name: ours, device: {vendor: \x270781\x27, product: \x275567\x27, serial: [4C530001230101112233]}, roles: [system], access: read-write}\n"
	}'
}

for rules in 10 10000; do
	tree=$root/helper-$rules
	to=$tree umockdev-run -d "$mock/00-roothub-usb2.umockdev" -d "$mock/20-stick-bot-vfat.blocked.umockdev" -- sh -c 'cp -a "$UMOCKDEV_DIR" "$to"'
	mkdir -p "$tree/etc/sereno" "$tree/run"
	printf '%s\n' root:x:0:0::/root:/bin/sh ana:x:1001:1001::/home/ana:/bin/sh >"$tree/etc/passwd"
	echo root:x:0: >"$tree/etc/group"
	echo 'ana:$y$j9T$x:19000:0:99999:7:::' >"$tree/etc/shadow"
	helper_policy "$rules" >"$tree/etc/sereno/policy.yaml"
	"$O/sereno" apply --root "$tree" >"$root/output" 2>&1 || {
		cat "$root/output" >&2
		exit 1
	}
	"$O/tests/bench/media_helper" 500 "$O/sereno-media-device" "$tree" "$stick" | sed "s/^\([a-z]*\) /\1 $rules-rules-/" || missed=1
done
