# SPDX-License-Identifier: MIT
# stage.sh - what a scene is made of: it announces, acts in the guest, shows, and compares.

as_announced=0
not_as_announced=0
scene_faults=
scene_open=
outcome=
bold='' plain=''
[ ! -t 1 ] || { bold=$(tput bold) && plain=$(tput sgr0); }

shown() {
	tr -d '\r' | cut -c 1-200 | sed 's/^/   /'
}

fault() {
	scene_faults+="   NOT AS ANNOUNCED: $*"$'\n'
}

end_scene() {
	[ -n "$scene_open" ] || return 0
	if [ -z "$scene_faults" ]; then
		as_announced=$((as_announced + 1))
	else
		printf '%s' "$scene_faults"
		guest 'journalctl --quiet --no-pager --lines 15 --output short-precise' | shown
		guest "journalctl --quiet --no-pager --output short-precise --after-cursor '$journal_seen'" >>"$O/vm/journal"
		echo "   the whole journal of the scene: $O/vm/journal"
		not_as_announced=$((not_as_announced + 1))
	fi
	scene_faults=
	scene_open=
}

# From here on the journal tells about this scene.
scene_begins() {
	journal_seen=$(guest 'journalctl --quiet --lines 1 --output json' | jq -r .__CURSOR)
}

# scene WHAT: announce it in words; the expect_ lines of the scene announce it to the machine.
scene() {
	end_scene
	scene_open=yes
	scene_begins
	printf '\n%s── %s%s (at %s s)\n' "$bold" "$1" "$plain" "$SECONDS"
}

# run WORDS...: a command of root in the guest; sets $outcome to its exit status, keeps its output.
run() {
	echo "   # $*"
	outcome=0
	guest "$@" >"$work/output" || outcome=$?
	shown <"$work/output"
}

# ssh_from ADDRESS USER COMMAND: likewise, a user's command by ssh.
ssh_from() {
	run "ssh -b $1 $2@127.0.0.1 '$3'"
}

# on_line serial|screen USER: somebody logs in there by password, and out. Sets $outcome.
on_line() {
	echo "   ($2 on the $1)"
	outcome=stuck
	"$1_await" 'guest login: $' && "$1_type" "$2" && "$1_await" 'Password: $' || return 0
	"$1_type" watchman
	"$1_await" "@guest:[^ ]*[#\$] \$|guest login: \$" || return 0
	if "$1_shows" '@guest:'; then
		outcome=in
		"$1_type" exit
		"$1_await" 'guest login: $' || outcome='in, and stuck'
	else
		outcome=refused
	fi
}

# login_stays USER ADDRESS [COMMAND]: somebody logs in by ssh and stays, in a shell of his, where he types a command first.
login_stays() {
	local typed=${3:-true}
	echo "   \$ ssh -b $2 $1@127.0.0.1   (and stays${3:+; types: $3})"
	guest "systemctl stop $1-from-$2 2>/dev/null; systemd-run --quiet --collect --unit=$1-from-$2 sh -c '(echo \"$typed\"; sleep 900) | ssh -tt -b $2 $1@127.0.0.1'"
	expect_event ".SERENO_EVENT == \"session.opened\" and .SERENO_SUBJECT == \"$1\" and .SERENO_ORIGIN == \"$2\""
	expect_within 60 "pgrep -u $1 -x bash"
}

login_leaves() {
	guest "systemctl stop $1-from-$2"
	expect_event ".SERENO_EVENT == \"session.closed\" and .SERENO_SUBJECT == \"$1\" and .SERENO_SERVICE == \"sshd\""
}

# as_user USER WORDS...: a command of a user's own who has not logged in, in reach of his user manager.
as_user() {
	local user=$1
	shift
	run "cd / && setpriv --reuid $user --regid $user --init-groups env HOME=/home/$user USER=$user LOGNAME=$user" \
		"XDG_RUNTIME_DIR=/run/user/\$(id -u $user) $*"
}

# policy_is TEXT: what applies it, is up to the scene.
policy_is() {
	guest "base64 -d <<<$(base64 -w 0 <<<"$1") >/etc/sereno/policy.yaml"
}

# in_force UNTIL: the policy, with the end of ext-jose's rule.
in_force() {
	policy_is "$(policy "$1")"
	run sereno apply
	expect_status 0
}

# clock_before MOMENT SECONDS: it is set forward a little.
clock_before() {
	guest "date -u -s @$(($1 - $2))" >/dev/null
	echo "   # date -s ..., $2 s before $(date -u -d "@$1" +%H:%M)"
}

# What sereno has reported in this scene: JSON, an object a line. (With --identifier, journalctl 252
# would leave out the first one behind the cursor.)
events() {
	guest "journalctl --quiet --output json --after-cursor '$journal_seen' | grep '\"SYSLOG_IDENTIFIER\":\"sereno\"'"
}

expect_status() {
	[ "$outcome" = "$1" ] || fault "expected exit status $1, was $outcome"
}

expect_outcome() {
	[ "$outcome" = "$1" ] || fault "expected \"$1\", was \"$outcome\""
}

expect_output() {
	grep -Eq -- "$1" "$work/output" || fault "the output says nothing like $1"
}

expect_no_output() {
	! grep -Eq -- "$1" "$work/output" || fault "the output says something like $1"
}

# expect_within SECONDS COMMAND...: the command of the guest says yes by then.
expect_within() {
	local seconds=$1
	shift
	within "$seconds" guest "$@" >"$work/last" || fault "not within $seconds s: $*"
}

# event_fits FILTER: one of the scene's events, in the words of jq; the last stands in $work/event.
event_fits() {
	events | jq -c "select($1)" | tail -n 1 >"$work/event"
	[ -s "$work/event" ]
}

# The journal takes a moment to write what it was sent.
expect_event() {
	within 60 event_fits "$1" || { fault "no event fits $1" && return; }
	jq -r '"event: " + .MESSAGE' "$work/event" | sed 's/ policy=[0-9a-f]*//' | shown
}

# expect_access VERDICT USER SERVICE [FILTER]
expect_access() {
	expect_event ".SERENO_VERDICT == \"$1\" and .SERENO_SUBJECT == \"$2\" and .SERENO_SERVICE == \"$3\" and (${4:-true})"
}

event_field() {
	jq -r "$1" "$work/event"
}

# expect_near WHAT NUMBER NUMBER TOLERANCE
expect_near() {
	local apart=$(($2 - $3))
	echo "   $1: $2, announced $3 (within $4)"
	[ "${apart#-}" -le "$4" ] || fault "$1 is $2 and not $3"
}

# nothing_failed ACT: no unit has, in none of its scenes. What is meant to fail, a scene resets itself.
nothing_failed() {
	scene "${1%.sh}: no unit has failed"
	run 'systemctl --failed --plain --no-legend'
	[ ! -s "$work/output" ] || fault 'these have'
}
