# SPDX-License-Identifier: MIT
# codes - a second factor: enrolled at the first login, asked for after that, good once.

# The main policy, with a code for some from where they come, for sudo, and for the locker. Codes
# follow each other quickly, so that nobody waits for the next one.
code_policy() {
	main_policy | sed -e 's/members: \[ana, luis\]/members: [luis]/' -e 's/min-administrators: 3/min-administrators: 1/' \
		-e 's/members: \[marta\]/members: [eva]/' -e 's/members-of: \[cashiers\]/members: [backup-jobs]/'
	cat <<-POLICY
		second-factor:
		  totp: {issuer: DEMO, period: 15s, window: 2}
		  enrol: ${1:-at-login}
		attempts: {allow: 5, within: 15m, then: {delay: 30s, doubling-to: 1h}}
	POLICY
}

add_code_role() {
	sed -i '/^roles:/a\  second:\n    members: [ana, marta, pepe]\n    allow:\n      - {services: [sshd, console, elevate], from: [bastion, office, seat], second-factor: required}\n      - {services: [vlock], from: [anywhere], second-factor: required}' "$1"
}

apply_codes() {
	code_policy "$@" >/etc/sereno/policy.yaml
	add_code_role /etc/sereno/policy.yaml
	run sereno apply --all
	expect_status 0
}

# USER's phone reads the QR code from the screen at the first prompt, then shows codes. With q: it
# wants plain characters first.
phone_of() {
	local user=$1 plain=${2:-}
	rm -f /run/demo/plain
	cat >/run/demo/phone-in-hand <<-SH
		#!/bin/sh
		[ -z "$plain" ] || [ -e /run/demo/plain ] || { touch /run/demo/plain && exec echo $plain; }
		[ -e /run/demo/phone-$user ] || /root/demo/phone scan $user /run/demo/screen >/run/demo/uri
		exec /root/demo/phone show $user
	SH
	chmod +x /run/demo/phone-in-hand
	export DEMO_CODE=/run/demo/phone-in-hand
}

restart_sshd() {
	kill "$(ss -Hltnp 'sport = :22' | sed -n 's/.*pid=\([0-9]*\).*/\1/p' | head -n 1)"
	while (exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null; do sleep 0.02; done
	start_sshd "$@"
}

# sshd_stack: what stands on standard input in place of common-auth.
sshd_stack() {
	cat >/run/demo/stack
	sed -e '/^@include common-auth/{r /run/demo/stack' -e 'd}' /run/demo/pam-sshd >/etc/pam.d/sshd
}

key_of() {
	local home
	home=$(getent passwd "$1" | cut -d : -f 6)
	mkdir -p -m 0700 "$home/.ssh"
	[ -e /run/demo/key ] || ssh-keygen -q -t ed25519 -N '' -f /run/demo/key
	cp /run/demo/key.pub "$home/.ssh/authorized_keys"
	chown -R "$1:" "$home/.ssh"
}

# ssh_by_key USER [LINE...]
ssh_by_key() {
	local user=$1
	shift
	echo "   \$ ssh -i key -b 127.0.0.3 $user@127.0.0.1"
	login_by "$(typed "$@")" ssh -F none -tt -b 127.0.0.3 -i /run/demo/key -o NumberOfPasswordPrompts=1 \
		-o UserKnownHostsFile=/run/demo/known_hosts "$user@127.0.0.1"
}

restart_sshd yes no

scene 'a policy that wants codes of ana is put in force, and every service asks for them'
apply_codes
run pam-auth-update --enable sereno sereno-guard sereno-otp
expect_status 0
run grep -h sereno /etc/pam.d/common-auth /etc/pam.d/common-account
expect_order guard.so otp.so access.so

scene 'ana, first login by ssh: her phone reads the QR code from the screen, she confirms a code'
phone_of ana
ssh_from 127.0.0.3 ana
expect_outcome in
expect_event '^otp\.enrolled .*subject="ana".*reason=at-login'
expect_event '^access\.allowed .*subject="ana".*service="sshd"'
run cat /run/demo/uri
expect_output '^otpauth://totp/DEMO:ana\?secret='
recovery=$(grep -Eao -m 1 '[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}' /run/demo/screen || true)

scene 'ana, ssh by password and code, then sudo: it counts again in the same login'
ssh_from 127.0.0.3 ana 'sudo id -un'
expect_outcome in 0
expect_event '^code\.accepted .*subject="ana".*service="sshd"'
expect_event '^code\.remembered .*subject="ana".*service="sudo".*reason=login'

scene 'the same code once more: refused'
DEMO_CODE='/root/demo/phone again ana'
ssh_from 127.0.0.3 ana
expect_outcome refused
expect_event '^code\.refused .*subject="ana".*reason=replayed'

scene 'a wrong code: refused'
DEMO_CODE='echo 000000'
ssh_from 127.0.0.3 ana
expect_outcome refused
expect_event '^code\.refused .*subject="ana".*reason=wrong'

scene 'a recovery code at the same prompt: gets in'
DEMO_CODE="echo $recovery"
ssh_from 127.0.0.3 ana
expect_outcome in
expect_event '^code\.recovered .*subject="ana"'

scene 'and not twice'
ssh_from 127.0.0.3 ana
expect_outcome refused
expect_event '^code\.refused .*subject="ana".*reason=wrong'

scene 'ana at the console: asked once, and not again at the same seat'
DEMO_CODE='/root/demo/phone show ana'
at_line tty1 ana 'sudo id -un'
expect_outcome in 0
expect_event '^code\.accepted .*subject="ana".*service="login"'
DEMO_CODE=false
at_line tty1 ana
expect_outcome in
expect_event '^code\.remembered .*subject="ana".*reason=seat'

scene 'what the seat remembers is nothing from the network'
DEMO_CODE='echo 000000'
ssh_from 127.0.0.3 ana
expect_outcome refused
expect_event '^code\.refused .*subject="ana".*service="sshd".*reason=wrong'

scene 'marta, first login at the same seat, which has no block characters: q draws plain ones'
phone_of marta q
at_line tty1 marta
expect_outcome in
expect_event '^otp\.enrolled .*subject="marta".*service="login".*reason=at-login'
run cat /run/demo/uri
expect_output '^otpauth://totp/DEMO:marta\?secret='

scene 'luis, of whose rules none wants a code, is not asked'
ssh_from 127.0.0.3 luis
expect_outcome in
expect_no_event '^code\.'

scene 'enrol: ticket. Who has no token is refused, whatever he types'
apply_codes ticket
DEMO_CODE='echo 123456'
ssh_from 127.0.0.3 pepe
expect_outcome refused
expect_event '^code\.refused .*subject="pepe".*reason=not-enrolled'

scene 'with a ticket of an administrator he enrols'
run sereno otp ticket pepe --show-secret
expect_status 0
ticket=$(grep -Eao -m 1 '[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}' /run/demo/output || true)
phone_of pepe "$ticket"
ssh_from 127.0.0.3 pepe
expect_outcome in
expect_event '^otp\.enrolled .*subject="pepe".*service="sshd".*reason=ticket'

scene 'the ticket is redeemed, and no recovery code either'
DEMO_CODE="echo $ticket"
ssh_from 127.0.0.3 pepe
expect_outcome refused
expect_event '^code\.refused .*subject="pepe".*reason=wrong'

scene 'remember: never. sudo after ssh asks again'
sed -i 's/enrol: ticket/&\n  remember: never/' /etc/sereno/policy.yaml
run sereno apply --all
expect_status 0
DEMO_CODE='/root/demo/phone show ana'
ssh_from 127.0.0.3 ana 'sudo id -un'
expect_outcome in 0
expect_event '^code\.accepted .*subject="ana".*service="sudo"'

scene 'sudo that still holds the password of a moment ago asks for a code all the same'
cp /etc/sudoers.d/demo /run/demo/sudoers
sed -i 's/timestamp_timeout=0/timestamp_timeout=5/' /etc/sudoers.d/demo
DEMO_CODE='/root/demo/phone show pepe'
ssh_from 127.0.0.3 pepe 'sudo id -un' 'sudo id -un'
expect_outcome in 0 0
expect_asked 'password for pepe:' 1
expect_asked 'One-time code:' 3
expect_n_events 2 '^code\.accepted .*subject="pepe".*service="sudo"'
cp /run/demo/sudoers /etc/sudoers.d/demo

scene 'NOPASSWD: sudo asks for a code alone, and with -n, which asks nothing, it refuses'
sed -i 's/ ALL$/ NOPASSWD: ALL/' /etc/sudoers.d/demo
DEMO_CODE='/root/demo/phone show ana'
ssh_from 127.0.0.3 ana 'sudo -n id -un' 'sudo id -un'
expect_outcome in 1 0
expect_asked 'password for ana:' 0
expect_asked 'One-time code:' 2
expect_event '^code\.refused .*subject="ana".*service="sudo".*reason=no-answer'
expect_event '^code\.accepted .*subject="ana".*service="sudo"'
cp /run/demo/sudoers /etc/sudoers.d/demo
apply_codes

scene 'a key alone is not enough: nobody can be asked in the account phase'
cp /etc/pam.d/sshd /run/demo/pam-sshd
key_of pepe
key_of luis
ssh_by_key pepe
expect_outcome refused
expect_output 'A one-time code is needed, and none was given'
expect_event '^code\.refused .*subject="pepe".*reason=no-answer .*account phase'

scene 'key and code (AuthenticationMethods publickey,keyboard-interactive): gets in'
sshd_stack <<-'STACK'
	auth  required  pam_sereno_otp.so
	auth  required  pam_sereno_otp.so shown=key
STACK
restart_sshd yes no 'AuthenticationMethods publickey,keyboard-interactive'
DEMO_CODE='/root/demo/phone show pepe'
ssh_by_key pepe
expect_outcome in
expect_no_output 'assword:'
expect_event '^code\.accepted .*subject="pepe".*service="sshd"'

scene 'luis by key, who needs no code, is not asked for anything'
ssh_by_key luis
expect_outcome in
expect_no_output 'assword:'
expect_no_event '^code\.'

scene 'a new phone: who came by a key enrols as behind a password'
run sereno otp remove pepe
expect_status 0
run sereno otp ticket pepe --show-secret
ticket=$(grep -Eao -m 1 '[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}' /run/demo/output || true)
rm -f /run/demo/phone-pepe
phone_of pepe "$ticket"
ssh_by_key pepe
expect_outcome in
expect_no_output 'assword:'
expect_event '^otp\.enrolled .*subject="pepe".*service="sshd".*reason=ticket'

scene 'sshd_config is changed, and the stack still lets nobody pass without a key'
restart_sshd yes no
ssh_from 127.0.0.3 luis
expect_outcome refused

scene 'key and code, or password and code: by key'
sshd_stack <<-'STACK'
	auth  [success=2 default=ignore]  pam_sereno_otp.so shown=key
	auth  requisite  pam_sereno_guard.so
	auth  requisite  pam_unix.so
	auth  required   pam_sereno_otp.so
	auth  required   pam_permit.so
STACK
restart_sshd yes no 'AuthenticationMethods publickey,keyboard-interactive keyboard-interactive'
DEMO_CODE='/root/demo/phone show pepe'
ssh_by_key pepe
expect_outcome in
expect_no_output 'assword:'
expect_event '^code\.accepted .*subject="pepe".*service="sshd"'

scene 'and without a key: password and code'
ssh_from 127.0.0.3 pepe
expect_outcome in
expect_prompts 1
expect_event '^code\.accepted .*subject="pepe".*service="sshd"'

scene 'there, too, a wrong password is refused'
right=$PASSWORD
PASSWORD=nonsense
ssh_from 127.0.0.3 luis
expect_outcome refused

scene 'a client that asks once (PasswordAuthentication): password and code in one'
sshd_stack <<-'STACK'
	auth  requisite  pam_sereno_guard.so
	auth  required   pam_sereno_otp.so prompt=combined
	auth  required   pam_unix.so
STACK
restart_sshd no yes
PASSWORD=$right$(/root/demo/phone show pepe)
ssh_from 127.0.0.3 pepe
expect_outcome in
expect_prompts 1
expect_event '^code\.accepted .*subject="pepe".*service="sshd"'

scene 'the same once more, and a wrong password with a right code: refused'
ssh_from 127.0.0.3 pepe
expect_outcome refused
expect_event '^code\.refused .*subject="pepe".*reason=replayed'
PASSWORD=nonsense$(/root/demo/phone show pepe)
ssh_from 127.0.0.3 pepe
expect_outcome refused
PASSWORD=$right
cp /run/demo/pam-sshd /etc/pam.d/sshd
restart_sshd yes no

# A locker that runs as its user, as those of most desktops do.
chmod u-s /usr/sbin/vlock-main
printf '@include common-auth\n@include common-account\n' >/etc/pam.d/vlock
lock="timeout --foreground 5 vlock --current"
DEMO_CODE='/root/demo/phone show marta'

scene 'a screen locker that runs as marta, without serenod: refused, and the log says why'
cat >/run/demo/login-then-nonsense <<-'SH'
	#!/bin/sh
	[ ! -e /run/demo/logged-in ] || exec echo 123456
	touch /run/demo/logged-in
	exec /root/demo/phone show marta
SH
chmod +x /run/demo/login-then-nonsense
DEMO_CODE=/run/demo/login-then-nonsense
ssh_from 127.0.0.3 marta "$lock"
expect_outcome in 124
expect_event '^code\.refused .*subject="marta".*service="vlock".*reason=unavailable .*does not run'

scene 'with serenod: the code unlocks'
systemd-socket-activate --seqpacket -l /run/sereno/serenod.socket /usr/lib/sereno/serenod >/run/demo/serenod.log 2>&1 &
serenod=$!
until [ -S /run/sereno/serenod.socket ]; do sleep 0.02; done
chmod 0666 /run/sereno/serenod.socket
DEMO_CODE='/root/demo/phone show marta'
ssh_from 127.0.0.3 marta "$lock"
expect_outcome in 0
expect_event '^code\.accepted .*subject="marta".*service="serenod".*vlock'

scene 'the screen stays locked for a wrong code'
rm -f /run/demo/logged-in
DEMO_CODE=/run/demo/login-then-nonsense
ssh_from 127.0.0.3 marta "$lock"
expect_outcome in 124
expect_event '^code\.refused .*subject="marta".*service="serenod".*reason=wrong .*vlock'

scene 'luis, whose rules do not name the locker, unlocks by password alone'
DEMO_CODE=false
ssh_from 127.0.0.3 luis "$lock"
expect_outcome in 0
expect_no_event '^code\.'
kill "$serenod"
wait "$serenod" || true

scene 'codes are taken out again'
rm -f /etc/pam.d/vlock
run pam-auth-update --disable sereno-otp sereno-guard
expect_status 0
run grep -l pam_sereno_otp -r /etc/pam.d
expect_status 1
main_policy >/etc/sereno/policy.yaml
run sereno apply --all
expect_status 0
restart_sshd
