# SPDX-License-Identifier: MIT
# booted.sh - the guest as it stands after its first boot, saved: later runs go on from there, within a second or two.

# What only makes the boot longer.
not_needed='modprobe@.service sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount
	sys-fs-fuse-connections.mount dev-hugepages.mount systemd-pstore.service systemd-update-utmp-runlevel.service
	systemd-sysusers.service systemd-binfmt.service systemd-hwdb-update.service'

# booted_stamp IMAGE_FOLDER: all that a saved machine depends on; none resumes under another qemu.
booted_stamp() {
	{
		cat "$1/stamp" "$here/machine.sh" "$here/booted.sh" "$here/guest/agent" "$here/guest/agent.service"
		qemu-system-x86_64 --version
		echo "$accelerator"
	} | sha256sum
}

# The agent comes with the initrd, at each boot.
add_agent() {
	local image=$1 folder=$2 units=$2/agent/guest/etc/systemd/system unit
	mkdir -p "$folder/agent/guest/root/vm" "$units/multi-user.target.wants"
	cp "$here/guest/agent" "$folder/agent/guest/root/vm/"
	cp "$here/guest/agent.service" "$units/"
	ln -s ../agent.service "$units/multi-user.target.wants/"
	for unit in $not_needed; do
		ln -s /dev/null "$units/$unit"
	done
	{
		cat "$image/initrd.cpio"
		(cd "$folder/agent" && find . | busybox cpio -o -H newc 2>/dev/null)
	} >"$folder/initrd.cpio"
	rm -r "$folder/agent"
}

# begin_overlay FROM TO: a guest that goes on from FROM, to be saved in TO.
begin_overlay() {
	mkdir -p "$2"
	ln -s "$1/kernel" "$1/initrd.cpio" "$2/"
	qemu-img create -q -f qcow2 -b "$1/disk.qcow2" -F qcow2 "$2/disk.qcow2"
}

# The kernel forgets what it knew of the disks: the second one will be another, and the state is smaller.
settle() {
	guest 'udevadm settle; sync; echo 3 >/proc/sys/vm/drop_caches'
}

# save_booted IMAGE_FOLDER FOLDER: a cold boot.
save_booted() {
	local image=$1 folder=$2 stamp
	stamp=$(booted_stamp "$image")
	! grep -qsxF "$stamp" "$folder/stamp" || return 0
	rm -rf "$folder"
	mkdir -p "$folder"
	add_agent "$image" "$folder"
	ln -s ../kernel "$folder/kernel"
	qemu-img create -q -f qcow2 -b ../base.img -F raw "$folder/disk.qcow2"
	truncate -s "$second_disk_size" "$work/second.img"
	power_on "$folder" "file=$folder/disk.qcow2,format=qcow2" "$work/second.img"
	await_boot >/dev/null
	settle
	save_machine "$folder/state"
	echo "$stamp" >"$folder/stamp"
	echo "booted and saved after $SECONDS s"
}
