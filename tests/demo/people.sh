# SPDX-License-Identifier: MIT
# people.sh - the people of the copy, and the programs they log in through.

PASSWORD=watchman # everybody's: it is typed at prompts that do not say whose it is

people='ana luis marta pepe rescue ext-jose eva ansible'

make_people() {
	local user
	groupadd clerks
	groupadd cashiers
	groupadd controllers
	useradd --system --shell /bin/sh backup-jobs
	for user in $people; do
		useradd --create-home --skel "$here/home" --shell /bin/bash "$user"
	done
	printf "%s:$PASSWORD\n" root $people | chpasswd --crypt-method SHA256 --sha-rounds 1000
	cp "$here/home/.bashrc" "$here/home/.bash_profile" "$here/home/.hushlogin" "$here/home/.inputrc" /root/
	usermod --append --groups clerks pepe
	usermod --append --groups cashiers eva
	cat >/etc/sudoers.d/demo <<-'SUDOERS'
		Defaults lecture=never, timestamp_timeout=0
		ana, luis, pepe ALL=(ALL:ALL) ALL
	SUDOERS
	chmod 0440 /etc/sudoers.d/demo
}

# start_sshd [KBD_INTERACTIVE [PASSWORD [LINE]]]
start_sshd() {
	local tries=0
	[ -e /run/demo/host_key ] || {
		ip address add 'fd00:20::2/128' dev lo nodad
		ssh-keygen -q -t ed25519 -N '' -f /run/demo/host_key
	}
	echo "127.0.0.1,::1 $(cat /run/demo/host_key.pub)" >/run/demo/known_hosts
	cat >/run/demo/sshd_config <<-CONFIG
		HostKey /run/demo/host_key
		PidFile none
		UsePAM yes
		KbdInteractiveAuthentication ${1:-no}
		PasswordAuthentication ${2:-yes}
		PermitRootLogin yes
		PrintMotd no
		${3:-}
	CONFIG
	/usr/sbin/sshd -E /run/demo/sshd.log -f /run/demo/sshd_config
	until (exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null; do
		[ $((tries += 1)) -lt 500 ] || { cat /run/demo/sshd.log && return 1; }
		sleep 0.02
	done
}

# atd lets its jobs run on behind it: wait until the last of them lets go of the pipe.
run_due_jobs() {
	{ atd -s 9>&1 >/dev/null 2>&1; } | cat
}
