# SPDX-License-Identifier: MIT
# serenod - in their sandboxes the daemon and its verifier still do what they are for.

secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP

# as USER WORDS...: a command of a user's own, not root's.
as() {
	local user=$1
	shift
	run "runuser -u $user -- $*"
}

code_of_now='oathtool --totp -b '$secret

# Codes of before an import count as used.
later() {
	guest 'date -u -s @$(($(date +%s) + 90))' >/dev/null
}

scene 'root gives ana a token; without the socket her own command says what is missing'
run "echo 'otpauth://totp/ana?secret=$secret' | sereno otp import --from uri --user ana"
expect_status 0
as ana sereno otp status
expect_output 'systemctl'

scene 'systemd listens, and starts serenod when somebody comes'
run 'systemctl enable --now serenod.socket && systemctl is-active serenod.service'
expect_status 3
as ana sereno otp status
expect_status 0
run systemctl is-active serenod.service sereno-verify.socket
expect_status 0

scene 'ana has a code checked that nobody but root could check: once'
later
run "$code_of_now | runuser -u ana -- sereno otp verify"
expect_status 0
expect_event '.SERENO_EVENT == "code.accepted" and .SERENO_SUBJECT == "ana" and .SERENO_SERVICE == "serenod"'
run "$code_of_now | runuser -u ana -- sereno otp verify"
expect_status 1
expect_event '.SERENO_EVENT == "code.refused" and .SERENO_SUBJECT == "ana"'

scene 'marta begins a token with her password, which the verifier checks; not with another'
run "echo wrong | runuser -u marta -- sereno otp enrol --show-secret"
expect_status 1
expect_event '.SERENO_EVENT == "code.refused" and .SERENO_SUBJECT == "marta" and .SERENO_REASON == "password"'
run "echo watchman | runuser -u marta -- sereno otp enrol --show-secret"
expect_output '[A-Z2-7]{4} [A-Z2-7]{4} [A-Z2-7]{4} [A-Z2-7]{4}'
run sereno otp status marta
expect_status 1

scene 'it leaves when nobody has come for a minute, and comes again'
expect_within 120 '! systemctl is-active serenod.service'
as ana sereno otp status
expect_status 0
run 'systemctl --failed --no-legend | grep -E "sereno" '
expect_status 1
