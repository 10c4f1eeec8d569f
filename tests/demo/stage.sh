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

# The sereno lines that came since the last call.
new_events() {
	logger --socket /dev/log demo-mark
	read -r -t 10 -u "$marked" _
	tail -n "+$((events_shown + 1))" /run/demo/log | sed -n 's/.*sereno\[[0-9]*\]: //p' >/run/demo/events
	events_shown=$(wc -l </run/demo/log)
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

# A login through COMMAND, typing LINES; sets $outcome: "in" and the exit status of each line, "refused", "stuck".
login_by() {
	local lines=$1
	shift
	"$here/login.exp" /run/demo/outcome "$PASSWORD" "$lines" "$@" 2>&1 | shown
	outcome=$(cat /run/demo/outcome)
	new_events
	sed 's/^/   event: /' /run/demo/events
}

# ssh_from ADDRESS USER [LINES]
ssh_from() {
	local host=127.0.0.1
	case $1 in
	*:*) host=::1 ;;
	esac
	echo "   \$ ssh -b $1 $2@$host"
	login_by "${3:-}" ssh -F none -q -tt -b "$1" -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 "$2@$host"
}

# at_line LINE USER [LINES]: getty and login on a terminal that has that name in a mount namespace of its own.
at_line() {
	echo "   (getty on $1)"
	DEMO_USER=$2 login_by "${3:-}" unshare --mount sh -c \
		'mount --bind "$(tty)" "/dev/$0" && exec agetty --nohostname --noissue "$0" dumb' "$1"
}

# A getty that some program started on a terminal without a name of its own.
at_pseudo_terminal() {
	echo '   (login on a pseudo terminal)'
	login_by "${2:-}" login "$1"
}

expect_outcome() {
	[ "$outcome" = "$*" ] || fault "expected \"$*\", was \"$outcome\""
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
	new_events
	sed 's/^/   event: /' /run/demo/events
}

expect_output() {
	grep -Eq -- "$1" /run/demo/output || fault "the output says nothing like $1"
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
