# SPDX-License-Identifier: MIT
# media.sh - what is plugged into the guest, who sits at its screen, and a policy about both. Sourced by scenes.

stick_size=$((24 << 20))
stick_offset=$((1 << 20)) # of its one partition

# media_policy: that of the other scenes, with a block media:. Sticks, as the machine makes them, have these numbers.
media_policy() {
	policy "$(moment %FT%H:%M 7200)"
	cat <<-'POLICY'
		media:
		  storage: deny
		  optical: read-only
		  requests: {approved-by: [sysadmin]}
		  rules:
		    - {name: sticks, device: {kind: storage}, roles: [sysadmin], access: read-write}
		    - name: archive
		      device: {vendor: '46f4', product: '0001', serial: [ARCHIVE-1]}
		      roles: [sysadmin]
		      access: read-only
		    - name: sealed
		      device: {vendor: '46f4', product: '0001', serial: [SEALED-1, SEALED-2]}
		      roles: [sysadmin]
		      access: encrypted
	POLICY
}

media_in_force() {
	policy_is "$(media_policy)"
	run sereno apply
	expect_status 0
	expect_within 30 'systemctl is-active sereno-media'
}

# make_stick FILE: one partition with a file system that everybody may write to.
make_stick() {
	truncate -s "$stick_size" "$1"
	echo "start=$((stick_offset / 512)), type=83" | sfdisk -q "$1"
	mke2fs -q -F -t ext4 -E "offset=$stick_offset" "$1" "$(((stick_size - stick_offset) / 1024))k"
	debugfs -w -R 'set_inode_field / mode 040777' "$1?offset=$stick_offset" 2>/dev/null
}

# on_stick FILE NAME: what a file on it holds, read outside the guest.
on_stick() {
	debugfs -R "cat /$2" "$1?offset=$stick_offset" 2>/dev/null
}

# plug_drive FILE NAME DRIVER [OPTIONS]: OPTIONS in JSON, each with a comma before it.
plug_drive() {
	qmp blockdev-add '{"driver": "raw", "node-name": "'"$2"'", "file": {"driver": "file", "filename": "'"$1"'"}}' >/dev/null
	qmp device_add '{"driver": "'"$3"'", "id": "'"$2"'", "drive": "'"$2"'"'"${4:-}"'}' >/dev/null
}

# plug_stick FILE NAME SERIAL
plug_stick() {
	echo "   (a stick is plugged in, serial $3)"
	plug_drive "$1" "$2" usb-storage ', "bus": "xhci.0", "removable": true, "serial": "'"$3"'"'
}

is_gone() {
	machine_event "select(.event == \"DEVICE_DELETED\" and .data.device == \"$1\")"
}

# pull NAME: of the device, and of its drive where it has one.
pull() {
	echo "   ($1 is pulled out)"
	qmp device_del '{"id": "'"$1"'"}' >/dev/null
	within 30 is_gone "$1" || fault "$1 stays"
	: >"$work/monitor.events"
	qmp blockdev-del '{"node-name": "'"$1"'"}' >/dev/null 2>&1 || true
}

# sits_down USER: at the screen, by password; until gets_up.
sits_down() {
	echo "   ($1 logs in at the screen)"
	screen_type '' # the kernel may have written behind the prompt
	screen_await 'guest login: $' && screen_type "$1" && screen_await 'Password: $' && screen_type watchman &&
		screen_await '@guest:' || { screen_text | shown && fault "$1 does not get in" && return; }
	expect_within 30 "grep -q $1 /run/sereno/seats/seat0"
}
gets_up() {
	echo '   (and out)'
	screen_type exit
	screen_await 'guest login: $' || fault 'nobody gets out'
}

# at_seat USER WORDS...: a command in the session of who sits there, as polkit and logind tell sessions apart.
at_seat() {
	local user=$1
	shift
	echo "   $user\$ $*"
	outcome=0
	guest "scope=session-\$(loginctl show-seat seat0 --property ActiveSession --value).scope
		echo \$(id -u $user) >/proc/self/loginuid
		echo \$\$ >/sys/fs/cgroup\$(systemctl show --property ControlGroup --value \$scope)/cgroup.procs &&
		cd / && exec setpriv --reuid $user --regid $user --init-groups env HOME=/home/$user USER=$user $*" \
		>"$work/output" || outcome=$?
	shown <"$work/output"
}

# expect_disk NAME: it is there, for udev and for udisks: as one that can be taken out, which it knows a moment later.
expect_disk() {
	expect_within 60 "ls /dev/$1 && udevadm settle"
	expect_within 60 "udisksctl info -b /dev/$1 | grep -q 'HintSystem: *false'"
}

# kernel_says PATTERN: in this scene.
kernel_says() {
	guest "journalctl --quiet --dmesg --output cat --after-cursor '$journal_seen'" | grep -Eq -- "$1"
}

# make_disc FILE: what a CD drive has in it; nothing but a text.
make_disc() {
	truncate -s "$stick_size" "$1"
	printf 'of the disc' | dd of="$1" conv=notrunc status=none
}

# make_sealed FILE: LUKS on the whole of it, opened by the word "watchman".
make_sealed() {
	qemu-img create -q -f luks --object secret,id=word,data=watchman -o key-secret=word,iter-time=10 "$1" \
		$((stick_size / 2))
}

# plug_scsi FILE NAME CONTROLLER DRIVER [OPTIONS]: a drive behind a bridge of USB, which is there when both are.
plug_scsi() {
	echo "   ($4 is plugged in, behind $3)"
	qmp device_add '{"driver": "'"$3"'", "id": "'"$2-bridge"'", "bus": "xhci.0"}' >/dev/null
	plug_drive "$1" "$2" "$4" ', "bus": "'"$2-bridge"'.0"'"${5:-}"
	qmp qom-set '{"path": "/machine/peripheral/'"$2-bridge"'", "property": "attached", "value": true}' >/dev/null
}

# usb_port SERIAL: the name that a device has in sysfs.
usb_port() {
	guest "cd /sys/bus/usb/devices && grep -lx '$1' */serial | cut -d / -f 1 | tail -n 1"
}

# expect_authorized SERIAL 0|1
expect_authorized() {
	run "cat /sys/bus/usb/devices/$(usb_port "$1")/authorized"
	expect_output "^$2\$"
}

# expect_refused REASON [FILTER]
expect_refused() {
	expect_event ".SERENO_EVENT == \"media.refused\" and .SERENO_REASON == \"$1\" and (${2:-true})"
}

expect_no_disk() {
	run 'ls /dev/sd* /dev/sr* /dev/sg* /dev/bsg/* 2>/dev/null'
	expect_no_output .
}
