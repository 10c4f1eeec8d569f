# SPDX-License-Identifier: MIT
# passwords - what is refused and why, a list of leaked ones, and a new one that is due.

# passwd_of USER CURRENT NEW...: passwd, run by the user himself. Sets $outcome to its exit status.
passwd_of() {
	local user=$1 current=$2
	shift 2
	echo "   \$ passwd    ($user)"
	outcome=0
	"$here/change.exp" "$current" "$*" setpriv --reuid "$user" --regid "$user" --init-groups passwd \
		>/run/demo/output 2>&1 || outcome=$?
	shown </run/demo/output
	show_events
}

scene 'rules for passwords, and a list of leaked ones; the module is put in front of pam_unix'
printf 'letmein\nCorrect-horse-7battery\nwatchman\n' >/tmp/leaked
run sereno blocklist build /tmp/leaked
expect_status 0
main_policy >/etc/sereno/policy.yaml
judge_passwords >>/etc/sereno/policy.yaml
run sereno apply
expect_status 0
run pam-auth-update --enable sereno-passwords
expect_status 0
run grep -hv '^#' /etc/pam.d/common-password
expect_order pam_sereno_password pam_unix.so.*use_authtok

scene 'ana runs passwd: three bad ones, each with its reasons, and it gives up'
passwd_of ana "$PASSWORD" ana2024 'P@ssw0rd2024!' Sereno-lantern-58
expect_status 10
expect_output 'at least 12 characters'
expect_output 'contains your name'
expect_output 'common word'
expect_output 'the word "sereno"'
expect_event '^password\.refused .*subject="ana".*reason=too-short,'

scene '... and again: two bad ones, and a good one'
passwd_of ana "$PASSWORD" Correct-horse-7battery 'Verano2025!' tinder-Kolibri-71
expect_status 0
expect_output 'list of known passwords'
expect_output 'updated successfully'
expect_event '^password\.accepted .*subject="ana"'

scene '... the old base with other digits is refused'
passwd_of ana tinder-Kolibri-71 Tinder-Kolibri-72
expect_output 'used it before with other digits'
expect_event '^password\.refused .*subject="ana".*base-reused'

scene 'root is held to the same rules'
run sh -c 'echo ana:short | chpasswd'
expect_output 'at least 12 characters'
expect_event '^password\.refused .*subject="ana".*service="chpasswd"'

scene 'nobody types a password on a command line: it is judged from standard input'
run sereno password check tinder-Kolibri-71
expect_status 2
run sh -c 'echo P@ssw0rd2024! | sereno password check --user ana'
expect_status 1
expect_output 'common word'

scene 'luis logs in with a password of the list: he has to choose another, and does not'
at_line tty1 luis
expect_outcome refused
expect_output 'list of known passwords'
expect_event '^password\.due .*subject="luis".*reason=leaked'

scene 'marta was away: her account counts anew'
run sereno renew marta
expect_status 0
expect_event '^account\.renewed .*target="marta"'

scene 'an administrator wants new passwords of everybody'
run sereno password expire --all --dry-run
expect_status 0
expect_output '^ana would have to choose a new password'
expect_no_output 'rescue|root'

scene 'the module is taken out again'
main_policy >/etc/sereno/policy.yaml
run sereno apply
run pam-auth-update --disable sereno-passwords
expect_status 0
echo "ana:$PASSWORD" | chpasswd --crypt-method SHA256 --sha-rounds 1000
