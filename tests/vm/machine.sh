# SPDX-License-Identifier: MIT
# machine.sh - the guest's machine: start it, save it, resume it; its agent, its monitor, its serial line and its screen.

# In software, since that works everywhere. VM_ACCEL='kvm -cpu host' where it does is faster.
accelerator=${VM_ACCEL:-tcg,thread=multi,tb-size=512 -cpu Nehalem,+aes,+rdrand,+pclmulqdq}
# The frequency of the other clock is measured by the kernel, wrongly where the host is busy: a minute takes ten seconds.
kernel_options='root=/dev/vda rw console=tty0 console=ttyS0 quiet mitigations=off apparmor=0
	random.trust_cpu=on cryptomgr.notests no_timer_check clocksource=acpi_pm rcupdate.rcu_expedited=1'
# A saved machine goes on with a second disk of the same size.
second_disk_size=$((64 << 20))

# power_on FOLDER DISK SECOND_DISK OPTIONS...: the machine, with the kernel and the initrd of FOLDER. It cannot be
# resumed as another than it was saved as.
power_on() {
	local folder=$1 disk=$2 second=$3 name
	shift 3
	for name in agent serial monitor; do
		rm -f "$work/$name.in" "$work/$name.out"
		mkfifo "$work/$name.in" "$work/$name.out"
	done
	: >"$work/serial.log"
	: >"$work/monitor.events"
	# shellcheck disable=SC2086
	TMPDIR=$work FROM=$folder/state TO=$work/state qemu-system-x86_64 -accel $accelerator -machine q35,hpet=off,smm=off,vmport=off -smp 2 -m 768 \
		-nodefaults -no-user-config -display none -vga std -nic none -rtc base=utc \
		-kernel "$folder/kernel" -initrd "$folder/initrd.cpio" \
		-append "${kernel_options//[[:space:]]/ }" \
		-drive "$disk,if=virtio,cache=unsafe" \
		-drive "file=$second,format=raw,if=virtio,readonly=on" \
		-device qemu-xhci,id=xhci,p2=8,p3=8 \
		-chardev "pipe,id=serial,path=$work/serial" -serial chardev:serial \
		-chardev "pipe,id=monitor,path=$work/monitor" -mon chardev=monitor,mode=control \
		-chardev "pipe,id=agent,path=$work/agent" -device virtio-serial \
		-device virtserialport,chardev=agent,name=sereno "$@" >"$work/qemu.log" 2>&1 &
	machine=$!
	exec {to_agent}<>"$work/agent.in" {from_agent}<>"$work/agent.out"
	exec {to_monitor}<>"$work/monitor.in" {from_monitor}<>"$work/monitor.out"
	exec {to_serial}<>"$work/serial.in"
	cat "$work/serial.out" >"$work/serial.log" &
	serial_seen=0
	qmp qmp_capabilities >/dev/null
}

power_off() {
	# Not by its name: whatever was started here, of whom one may wait for another.
	# shellcheck disable=SC2046
	kill $(jobs -p) 2>/dev/null || true
	wait
}

# save_machine FILE. Where to is told by a variable, as a path may hold what a shell takes for something else.
save_machine() {
	qmp migrate '{"uri": "exec:cat >\"$TO\""}' >/dev/null
	within 60 machine_is_saved || { qmp query-migrate >&2 && return 1; }
	qmp quit >/dev/null
	wait "$machine"
	power_off
	mv "$work/state" "$1"
}
machine_is_saved() {
	qmp query-migrate | grep -q '"status":"completed"'
}

# resume_machine FOLDER DISK SECOND_DISK
resume_machine() {
	power_on "$1" "$2" "$3" -incoming 'exec:cat "$FROM"'
	guest "date -u -s @$(date +%s)" >/dev/null
	serial_type '' # the line shows its prompt again
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

# qmp COMMAND [ARGUMENTS]: QEMU's machine protocol, with ARGUMENTS in JSON. Prints what it returned, in JSON; says why
# not and fails. Events that come meanwhile are kept for machine_event.
qmp() {
	local number=$EPOCHREALTIME$RANDOM answer
	printf '{"execute": "%s", "arguments": %s, "id": "%s"}\n' "$1" "${2:-"{}"}" "$number" >&"$to_monitor"
	while read -r -t 60 -u "$from_monitor" answer; do
		case $answer in
		*"\"id\": \"$number\""*)
			jq -ce 'if .error then (.error.desc | halt_error(1)) else .return end' <<<"$answer"
			return
			;;
		*'"event"'*) echo "$answer" >>"$work/monitor.events" ;;
		esac
	done
	echo "the machine does not answer $1" >&2
	return 1
}

# machine_event FILTER: whether such an event has come, in the words of jq: 'select(.event == "DEVICE_DELETED")'.
machine_event() {
	qmp query-status >/dev/null && jq -ce "$1" "$work/monitor.events" | grep -q .
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
		press_key "${word:i:1}"
	done
	press_key ret
}
press_key() {
	qmp send-key '{"keys": [{"type": "qcode", "data": "'"$1"'"}], "hold-time": 20}' >/dev/null
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
