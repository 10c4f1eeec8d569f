# SPDX-License-Identifier: MIT
# stage.sh - what a scene is made of: it announces, acts, shows, and compares.

as_announced=0
not_as_announced=0
scene_faults=
events_shown=0
outcome=
bold='' plain=''
[ ! -t 1 ] || { bold=$(tput bold) && plain=$(tput sgr0); }

# Everything sent to /dev/log; a line "mark" is answered through a pipe, so that nobody waits by the clock.
open_log() {
	mkdir -p /run/demo
	: >/run/demo/log
	mkfifo /run/demo/marked
	exec {marked}<>/run/demo/marked
	perl -MSocket -e '
		socket(my $log, PF_UNIX, SOCK_DGRAM, 0) or die "$!";
		bind($log, sockaddr_un("/dev/log")) or die "$!";
		chmod 0666, "/dev/log";
		open(my $out, ">>", "/run/demo/log") or die "$!";
		open(my $marked, "+<", "/run/demo/marked") or die "$!";
		$out->autoflush(1); $marked->autoflush(1);
		print $marked "listening\n";
		while (defined recv($log, my $line, 65536, 0)) {
			if ($line =~ /demo-mark$/) { print $marked "mark\n"; next }
			$line =~ s/^<\d+>//; $line =~ s/\n/ /g; $line =~ s/\0$//;
			print $out "$line\n";
		}' &
	read -r -t 10 -u "$marked" _
}

mark_log() {
	logger --socket /dev/log demo-mark
	read -r -t 10 -u "$marked" _
}

# Show the sereno lines that came since the last call, and keep them for expect_event. sshd closes
# a session behind its client's back: wait for that line, lest it stands in the next scene.
show_events() {
	local tries=0
	mark_log
	while tail -n "+$((events_shown + 1))" /run/demo/log | sed -n 's/.*sereno\[[0-9]*\]: //p' >/run/demo/events
		[ "$(grep -c '^session\.opened' /run/demo/events)" -gt "$(grep -c '^session\.closed' /run/demo/events)" ] &&
			[ $((tries += 1)) -lt 200 ]; do
		mark_log
	done
	events_shown=$(wc -l </run/demo/log)
	sed 's/^/   event: /; s/\(policy=[0-9a-f]\{12\}\)[0-9a-f]*/\1.../' /run/demo/events
}

shown() {
	tr -d '\r' | sed 's/^/   /'
}

fault() {
	scene_faults="$scene_faults   NOT AS ANNOUNCED: $*"$'\n'
}

end_scene() {
	[ -n "${scene_open:-}" ] || return 0
	if [ -z "$scene_faults" ]; then
		as_announced=$((as_announced + 1))
	else
		printf '%s' "$scene_faults"
		tail -n 5 /run/demo/log | sed 's/^/   log: /'
		not_as_announced=$((not_as_announced + 1))
	fi
	scene_faults=
	scene_open=
}

# scene WHAT: announce it in words; the expect_ lines of the scene announce it to the machine.
scene() {
	end_scene
	scene_open=yes
	printf '\n%s── %s%s\n' "$bold" "$1" "$plain"
}

# login_by LINES COMMAND: a login by COMMAND, typing the LINES. Sets $outcome: "in" and the exit
# status of each line, or "refused", or "stuck".
login_by() {
	local lines=$1
	shift
	"$here/login.exp" /run/demo/outcome "$PASSWORD" "$lines" "$@" >/run/demo/output 2>&1
	shown </run/demo/output
	outcome=$(cat /run/demo/outcome)
	show_events
}

typed() {
	printf '%s\n' "$@"
}

# ssh_from ADDRESS USER [LINE...]
ssh_from() {
	local address=$1 user=$2 host=127.0.0.1
	shift 2
	case $address in
	*:*) host=::1 ;;
	esac
	echo "   \$ ssh -b $address $user@$host"
	login_by "$(typed "$@")" ssh -F none -tt -b "$address" -o NumberOfPasswordPrompts=1 \
		-o UserKnownHostsFile=/run/demo/known_hosts -o PubkeyAuthentication=no "$user@$host"
}

# wrong_logins N ADDRESS USER: so many logins by ssh at once, each with a wrong password.
wrong_logins() {
	local i at_once=()
	echo "   \$ ssh -b $2 $3@127.0.0.1    ($1 times at once, each with a wrong password)"
	for i in $(seq "$1"); do
		"$here/login.exp" "/run/demo/outcome.$i" "wrong-$i" '' ssh -F none -tt -b "$2" -o NumberOfPasswordPrompts=1 \
			-o UserKnownHostsFile=/run/demo/known_hosts -o PubkeyAuthentication=no "$3@127.0.0.1" \
			>"/run/demo/output.$i" 2>&1 &
		at_once+=($!)
	done
	wait "${at_once[@]}"
	cat /run/demo/outcome.* | sort | uniq -c | shown
	outcome=$(cat /run/demo/outcome.* | sort -u)
	rm -f /run/demo/outcome.* /run/demo/output.*
	show_events
}

# at_line LINE USER [LINE...]: getty and login on a terminal that, in a mount namespace of its own,
# has that name.
at_line() {
	local line=$1 user=$2
	shift 2
	echo "   (getty on $line)"
	DEMO_USER=$user login_by "$(typed "$@")" unshare --mount sh -c \
		'mount --bind "$(tty)" "/dev/$0" && exec agetty --nohostname --noissue "$0" dumb' "$line"
}

# on_pseudo_terminal USER [LINE...]: login started by some program on a terminal of its own.
on_pseudo_terminal() {
	local user=$1
	shift
	echo "   # login $user"
	login_by "$(typed "$@")" login "$user"
}

# job_of USER: queue a job as the user does, and let atd run what is due. Sets $outcome.
job_of() {
	rm -f /tmp/job-ran
	echo "   \$ echo 'touch /tmp/job-ran' | at now    ($1)"
	echo 'touch /tmp/job-ran' | setpriv --reuid "$1" --regid "$1" --init-groups \
		env USER="$1" LOGNAME="$1" HOME=/ at -M now 2>&1 | grep '^job' | shown
	run_due_jobs
	outcome='did not run'
	[ ! -e /tmp/job-ran ] || outcome=ran
	show_events
}

expect_outcome() {
	[ "$outcome" = "$*" ] || fault "expected \"$*\", was \"$outcome\""
}

expect_status() {
	[ "$outcome" = "$1" ] || fault "expected exit status $1, was $outcome"
}

expect_same() {
	[ "$1" = "$2" ] || fault 'what is in force was changed'
}

# expect_order WORD...: the first of each stands in the output in this order.
expect_order() {
	local word line last=0
	for word; do
		line=$(grep -n -m 1 -- "$word" /run/demo/output | cut -d : -f 1) || line=0
		[ "$line" -gt "$last" ] || fault "$word is not where it should be"
		last=$line
	done
}

state_checksum() {
	{ find /var/lib/sereno/in-force /var/lib/sereno/generations /etc/sereno/fallback -printf '%p %y %l\n' -type f -exec sha256sum {} + 2>&1 || true; } |
		sort | sha256sum
}

# expect_refusals N USER ORIGIN: so many passwords were not even checked.
expect_refusals() {
	local n
	expect_outcome refused
	n=$(grep -Ec "^attempts\.refused .*subject=\"$2\".*origin=\"$3\"" /run/demo/events) || true
	[ "$n" = "$1" ] || fault "$n passwords were not checked, not $1"
}

# expect_prompts N: so often was a password asked for.
expect_prompts() {
	local n
	n=$(grep -io 'password:' /run/demo/output | wc -l)
	[ "$n" = "$1" ] || fault "$n prompts for a password, not $1"
}

# expect_asked PROMPT N: so often does it stand on the screen.
expect_asked() {
	local n
	n=$(grep -Fo -- "$1" /run/demo/output | wc -l) || true
	[ "$n" = "$2" ] || fault "\"$1\" was asked $n times, not $2"
}

# expect_n_events N REGEX: so many of the scene's event lines fit.
expect_n_events() {
	local n
	n=$(grep -Ec -- "$2" /run/demo/events) || true
	[ "$n" = "$1" ] || fault "$n events fit $2, not $1"
}

# expect_event REGEX: one of the scene's event lines fits.
expect_event() {
	grep -Eq -- "$1" /run/demo/events || fault "no event fits $1"
}

expect_no_event() {
	! grep -Eq -- "$1" /run/demo/events || fault "an event fits $1"
}

# run WORDS...: a command of root in the copy; sets $outcome to its exit status and keeps its output.
run() {
	echo "   # $*"
	outcome=0
	"$@" >/run/demo/output 2>&1 </dev/null || outcome=$?
	shown </run/demo/output
	show_events
}

expect_output() {
	grep -Eq -- "$1" /run/demo/output || fault "the output says nothing like $1"
}

expect_no_output() {
	! grep -Eq -- "$1" /run/demo/output || fault "the output says something like $1"
}

# why allowed|refused USER SERVICE ORIGIN: explain must say the same as the login did.
why() {
	local announced=$1 status=0
	shift
	echo "   # sereno explain $1 --service $2 --from $3"
	sereno explain "$1" --service "$2" --from "$3" >/run/demo/output 2>&1 || status=$?
	shown </run/demo/output
	case $announced$status in
	allowed0 | refused1) ;;
	*) fault "explain should say $announced, its exit status is $status" ;;
	esac
}

finish() {
	end_scene
	printf '\n%s scenes as announced, %s not\n' "$as_announced" "$not_as_announced"
	[ "$not_as_announced" = 0 ]
}
