# SPDX-License-Identifier: MIT
# sessions - those that are open follow the policy: who loses his access is told, and then out.

# stays USER ADDRESS: a login by ssh that goes on until somebody ends it. What its terminal shows is in /run/demo/USER.
stays() {
	local tries=0
	install -d -m 0700 -o "$1" -g "$1" "/home/$1/.ssh"
	[ -e /run/demo/stays_key ] || ssh-keygen -q -t ed25519 -N '' -f /run/demo/stays_key
	install -m 0600 -o "$1" -g "$1" /run/demo/stays_key.pub "/home/$1/.ssh/authorized_keys"
	echo "   \$ ssh -b $2 $1@127.0.0.1    (and stays, with a process that hides)"
	sleep infinity | ssh -F none -tt -b "$2" -i /run/demo/stays_key -o UserKnownHostsFile=/run/demo/known_hosts \
		"$1@127.0.0.1" "setsid nohup sleep 86397 >/dev/null 2>&1 & exec sleep 86398" >"/run/demo/$1" 2>&1 &
	until pgrep -u "$1" -f 'sleep 8639[8]' >/dev/null && pgrep -u "$1" -f 'sleep 8639[7]' >/dev/null; do
		[ $((tries += 1)) -lt 500 ] || { fault "$1 is not in" && cat "/run/demo/$1"; break; }
		sleep 0.02
	done
}

expect_processes() { # N USER
	[ "$(pgrep -u "$2" -f 'sleep 8639[78]' | wc -l)" = "$1" ] || fault "processes of $2: $(pgrep -lu "$2"), not $1"
}

# until_minute MOMENT: of the clock as it is.
until_minute() {
	echo "   (it is $(date -u +%T))"
	while [ "$(date +%s)" -lt "$1" ]; do sleep 0.2; done
	echo "   (it is $(date -u +%T))"
}

scene 'ext-jose may, by ssh from the office, until the next minute begins; he and luis stay in'
[ "$(date +%S)" -lt 50 ] || sleep 11
access_end=$((($(date +%s) / 60 + 1) * 60))
main_policy | sed "s/^    until: 2020-12-31$/    until: $(date -u -d "@$access_end" +%FT%H:%M)/" >/etc/sereno/policy.yaml
run sereno apply
expect_status 0
stays ext-jose 127.0.0.2
stays luis 127.0.0.2
run sereno sessions
expect_output 'ext-jose +sshd +127\.0\.0\.2'
expect_output 'luis +sshd +127\.0\.0\.2 .* for ever'

scene 'less than ten minutes are left: he is told on his terminal, and when it will end; luis is not'
run sereno sessions follow
expect_status 0
expect_output 'ext-jose, sshd: is told that the access ends .its role or hours'
expect_no_output 'luis'
expect_event "^session\.told subject=\"ext-jose\" service=\"sshd\" origin=\"127\.0\.0\.2\" reason=until until=$(date -u -d "@$access_end" +%FT%H:%M):00Z"
sed 's/^/   his terminal: /' /run/demo/ext-jose
grep -q 'sereno: your access ends' /run/demo/ext-jose || fault 'his terminal says nothing'
grep -q 'sereno: ' /run/demo/luis && fault 'luis was told'
run sereno sessions follow
expect_no_output 'ext-jose'
expect_processes 2 ext-jose

scene 'the policy cannot be read, and his time is up: nobody is ended'
until_minute "$access_end"
run cp -a /var/lib/sereno /var/lib/sereno.away
run truncate -s -64 /var/lib/sereno/in-force/policy.1.cdb
run sereno sessions follow
expect_status 3
expect_output 'open sessions are left alone until it can'
expect_processes 2 ext-jose
run rm -r /var/lib/sereno
run mv /var/lib/sereno.away /var/lib/sereno

scene 'it can be read again: his session ends, and what hid in it; that of luis goes on'
run sereno sessions follow
expect_status 0
expect_output 'ext-jose, sshd: is ended'
expect_event '^session\.ended subject="ext-jose" service="sshd" origin="127\.0\.0\.2" reason=no-role'
expect_processes 0 ext-jose
expect_processes 2 luis

scene 'luis keeps his ssh rule, but it is for the bastion now: told, and ten minutes'
sed -i 's/^        from: \[office, bastion, seat, serial\]/        from: [bastion, seat, serial]/' /etc/sereno/policy.yaml
run sereno apply
expect_status 0
run sereno sessions follow
expect_output 'luis, sshd: is told that the access ends'
expect_event '^session\.told subject="luis" .*reason=no-rule'
grep -q 'sereno: your access ends' /run/demo/luis || fault 'his terminal says nothing'
run sereno sessions follow
expect_no_output 'luis'
expect_processes 2 luis

scene 'it comes back before they are over: he stays'
main_policy >/etc/sereno/policy.yaml
run sereno apply
expect_status 0
run sereno sessions follow
expect_no_output 'luis'
run sereno sessions
expect_output 'luis +sshd +127\.0\.0\.2 .* for ever'
pkill -u luis -f 'sleep 8639[78]' || true
tries=0
until show_events && grep -q 'session\.closed subject="luis"' /run/demo/events; do
	[ $((tries += 1)) -lt 200 ] || { fault 'his login does not close' && break; }
	sleep 0.02
done
