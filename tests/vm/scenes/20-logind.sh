# SPDX-License-Identifier: MIT
# logind - the end of a rule becomes the end of the session.

# session_end USER: the limit of the user's session scope, in seconds.
session_limit='scope=$(loginctl show-session "$XDG_SESSION_ID" -p Scope --value); systemctl show "$scope" -p RuntimeMaxUSec --value'

# seconds "1h 59min 58s"
seconds() {
	local word total=0
	for word; do
		case $word in
		*h) total=$((total + ${word%h} * 3600)) ;;
		*min) total=$((total + ${word%min} * 60)) ;;
		*ms) ;;
		*s) word=${word%s} total=$((total + ${word%.*})) ;;
		esac
	done
	echo "$total"
}

scene 'marta, ssh from the office in her hours: logind ends her session when they end'
ssh_from 127.0.0.2 marta "$session_limit"
expect_status 0
expect_event '.SERENO_EVENT == "access.allowed" and .SERENO_SUBJECT == "marta" and .SERENO_RULE == "auditor.1"'
expect_event '.SERENO_EVENT == "session.opened" and .SERENO_SUBJECT == "marta" and .SERENO_ORIGIN == "127.0.0.2"'
