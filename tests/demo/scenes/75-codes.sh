# SPDX-License-Identifier: MIT
# codes - a second factor: enrolled at the first login, asked for after that, good once.

# The main policy, with a code for ana from the bastion and for her sudo.
code_policy() {
	main_policy | sed -e 's/members: \[ana, luis\]/members: [luis]/' -e 's/min-administrators: 3/min-administrators: 1/'
	cat <<-POLICY
		second-factor:
		  totp: {issuer: DEMO}
		  enrol: at-login
		  enrol-within: 7d
		  remember: ${1:-8h}
		attempts: {allow: 5, within: 15m, then: {delay: 30s, doubling-to: 1h}}
	POLICY
}

add_code_role() {
	sed -i '/^roles:/a\  second:\n    members: [ana]\n    allow:\n      - {services: [sshd, console, elevate], from: [bastion, office, seat], second-factor: required}' "$1"
}

# The phone reads the QR code from the screen at the first prompt, then shows codes.
first_code() {
	cat >/run/demo/first-code <<-'SH'
		#!/bin/sh
		[ -e /run/demo/phone-ana ] || /root/demo/phone scan ana /run/demo/screen >/run/demo/uri
		exec /root/demo/phone show ana
	SH
	chmod +x /run/demo/first-code
	export DEMO_CODE=/run/demo/first-code
}

restart_sshd() {
	kill "$(ss -Hltnp 'sport = :22' | sed -n 's/.*pid=\([0-9]*\).*/\1/p' | head -n 1)"
	while (exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null; do sleep 0.02; done
	start_sshd "$@"
}

code_policy >/etc/sereno/policy.yaml
add_code_role /etc/sereno/policy.yaml
restart_sshd yes no

scene 'a policy that wants codes of ana is put in force, and every service asks for them'
run sereno apply
expect_status 0
run pam-auth-update --enable sereno sereno-otp
expect_status 0
run sed -i '0,/pam_unix/s/^auth.*pam_unix/auth requisite pam_sereno_guard.so\n&/' /etc/pam.d/common-auth
run sed -i '0,/pam_sereno_otp/s/^account.*pam_sereno_otp/account requisite pam_sereno_guard.so\n&/' /etc/pam.d/common-account
run grep -h sereno /etc/pam.d/common-auth /etc/pam.d/common-account
expect_order guard.so otp.so access.so

scene 'ana, first login by ssh: her phone reads the QR code from the screen, she confirms a code'
first_code
ssh_from 127.0.0.3 ana
expect_outcome in
expect_event '^code\.enrolled .*subject="ana".*reason=at-login'
expect_event '^access\.allowed .*subject="ana".*service="sshd"'
run cat /run/demo/uri
expect_output '^otpauth://totp/DEMO'
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

scene 'luis, of whose rules none wants a code, is not asked'
ssh_from 127.0.0.3 luis
expect_outcome in
expect_no_event '^code\.'

scene 'a key alone is not enough: nobody can be asked in the account phase'
mkdir -p -m 0700 ~ana/.ssh
ssh-keygen -q -t ed25519 -N '' -f /run/demo/ana_key
cp /run/demo/ana_key.pub ~ana/.ssh/authorized_keys
chown -R ana: ~ana/.ssh
outcome=0
ssh -F none -b 127.0.0.3 -i /run/demo/ana_key -o UserKnownHostsFile=/run/demo/known_hosts \
	-o PasswordAuthentication=no -o KbdInteractiveAuthentication=no ana@127.0.0.1 id -un \
	>/run/demo/output 2>&1 </dev/null || outcome=$?
shown </run/demo/output
show_events
expect_status 255
expect_event '^code\.refused .*subject="ana".*reason=no-answer'

scene 'key and code (AuthenticationMethods publickey,keyboard-interactive): gets in'
cp /etc/pam.d/sshd /run/demo/pam-sshd
sed -i 's/^@include common-auth/auth required pam_sereno_otp.so\nauth required pam_permit.so/' /etc/pam.d/sshd
restart_sshd yes no 'AuthenticationMethods publickey,keyboard-interactive'
DEMO_CODE='/root/demo/phone show ana'
login_by '' ssh -F none -tt -b 127.0.0.3 -i /run/demo/ana_key -o UserKnownHostsFile=/run/demo/known_hosts ana@127.0.0.1
expect_outcome in
expect_event '^code\.accepted .*subject="ana".*service="sshd"'

scene 'codes are taken out again'
cp /run/demo/pam-sshd /etc/pam.d/sshd
run sed -i '/pam_sereno_guard/d' /etc/pam.d/common-auth /etc/pam.d/common-account
run pam-auth-update --disable sereno-otp
expect_status 0
run grep -l pam_sereno_otp -r /etc/pam.d
expect_status 1
main_policy >/etc/sereno/policy.yaml
run sereno apply --all
expect_status 0
restart_sshd
