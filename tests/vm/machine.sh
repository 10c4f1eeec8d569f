# SPDX-License-Identifier: MIT
# machine.sh - the guest: start it, ask its agent, type on its serial line and its screen.

# In software, since that works everywhere. VM_ACCEL='kvm -cpu host' where it does is faster.
software='tcg,thread=multi,tb-size=512 -cpu Nehalem,+aes,+rdrand,+pclmulqdq'
kernel_options='root=/dev/vda rw console=tty0 console=ttyS0 quiet mitigations=off apparmor=0
	random.trust_cpu=on cryptomgr.notests no_timer_check tsc=reliable rcupdate.rcu_expedited=1'

# power_on IMAGE_FOLDER BUILD_TAR: changes to the disk are thrown away with the machine.
power_on() {
	local name
	for name in agent serial monitor; do
		mkfifo "$work/$name.in" "$work/$name.out"
	done
	# shellcheck disable=SC2086
	TMPDIR=$work qemu-system-x86_64 -accel ${VM_ACCEL:-$software} -machine q35,hpet=off,smm=off,vmport=off -smp 2 -m 768 \
		-nodefaults -no-user-config -display none -vga std -nic none -rtc base=utc \
		-kernel "$1/kernel" -initrd "$work/initrd.cpio" \
		-append "${kernel_options//[[:space:]]/ }" \
		-drive "file=$1/base.img,format=raw,if=virtio,snapshot=on" \
		-drive "file=$2,format=raw,if=virtio,readonly=on" \
		-chardev "pipe,id=serial,path=$work/serial" -serial chardev:serial \
		-chardev "pipe,id=monitor,path=$work/monitor" -mon chardev=monitor,mode=readline \
		-chardev "pipe,id=agent,path=$work/agent" -device virtio-serial \
		-device virtserialport,chardev=agent,name=sereno >"$work/qemu.log" 2>&1 &
	exec {to_agent}<>"$work/agent.in" {from_agent}<>"$work/agent.out"
	exec {to_serial}<>"$work/serial.in" {to_monitor}<>"$work/monitor.in"
	cat "$work/serial.out" >"$work/serial.log" &
	cat "$work/monitor.out" >/dev/null &
	serial_seen=0
}

power_off() {
	# Not by its name: whatever was started here, of whom one may wait for another.
	# shellcheck disable=SC2046
	kill $(jobs -p) 2>/dev/null || true
	wait
}

# within SECONDS COMMAND...: ask again and again until it says yes.
within() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.5
	done
}

# guest WORDS...: by bash, as root, in the guest. Prints the output; the exit status is the command's.
guest() {
	local asked=$EPOCHREALTIME$RANDOM number=- status=255 output=
	echo "$asked $(base64 -w 0 <<<"$*")" >&"$to_agent"
	until [ "$number" = "$asked" ]; do
		read -r -t 300 -u "$from_agent" number status output || { echo 'the guest does not answer' && return 255; }
	done
	base64 -d <<<"$output"
	return "$status"
}

# The serial line: what it has shown since something was last typed there.
serial_text() {
	tail -c "+$((serial_seen + 1))" "$work/serial.log" | tr -d '\r\0'
}
serial_type() {
	serial_seen=$(stat -c %s "$work/serial.log")
	printf '%s\r' "$1" >&"$to_serial"
}

# The screen: what tty1 shows now. Keys go by the names the monitor has for them.
screen_text() {
	guest 'fold -w "$(stty size </dev/tty1 | cut -d " " -f 2)" </dev/vcs1'
}
screen_type() {
	local word=$1 i
	guest 'printf "\033[2J\033[H" >/dev/tty1'
	for ((i = 0; i < ${#word}; i++)); do
		echo "sendkey ${word:i:1} 20" >&"$to_monitor"
	done
	echo 'sendkey ret 20' >&"$to_monitor"
}

# A prompt ends in one blank; the screen has more of them behind it.
serial_shows() {
	serial_text | grep -Eq -- "$1"
}
screen_shows() {
	screen_text | sed 's/ *$/ /' | grep -Eq -- "$1"
}
serial_await() {
	within 120 serial_shows "$1"
}
screen_await() {
	within 120 screen_shows "$1"
}

# The boot is over when the agent answers and systemd waits for nothing any more. Tells which boot.
await_boot() {
	guest 'systemctl is-system-running --wait >/dev/null; cat /proc/sys/kernel/random/boot_id'
}

reboot_guest() {
	local before
	before=$(await_boot)
	serial_seen=$(stat -c %s "$work/serial.log")
	guest 'systemctl --no-block reboot'
	within 300 serial_shows '^guest login: ' && [ "$(await_boot)" != "$before" ]
}
