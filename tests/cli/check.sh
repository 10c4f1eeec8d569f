#!/bin/sh
# SPDX-License-Identifier: MIT
# sereno check: faults by place, what the host adds, what is not governed.
. "$(dirname "$0")/tree.inc"

make_tree
golden check-good 0 check --root "$tree"
expect 0 check --root "$tree" --json
json '.faults == 0 and .warnings == 0 and .diagnostics == [] and .ungoverned == ["backup"]'
[ ! -e "$tree/var" ] || fail "check left something behind"

mkdir -p "$tree/etc/pam.d" "$tree/usr/lib/pam.d"
touch "$tree/etc/pam.d/sshd" "$tree/etc/pam.d/sudo" "$tree/etc/pam.d/cron" "$tree/etc/pam.d/common-auth" \
	"$tree/etc/pam.d/other" "$tree/usr/lib/pam.d/systemd-user" "$tree/usr/lib/pam.d/sshd"
golden check-services 0 check --services --root "$tree"
expect 0 check --services --json --root "$tree"
json '.services | map(.name) == ["cron", "sshd", "sudo", "systemd-user"]'
json '.services[0].kind == "job"'

sed -i 's/members-of: \[staff\]/members-of: [stuff]/; s/office\]/offise]/; s/min-administrators: 2/min-administrators: many/' "$policy"
golden check-faults 1 check --root "$tree"
expect 1 check --root "$tree" --json
json '.faults == (.diagnostics | map(select(.severity == "fault")) | length) and .faults >= 2'
json 'all(.diagnostics[]; .line > 0 and .column > 0 and (.message | length) > 0)'

make_tree
sed -i 's/members-of: \[staff\]/members-of: [stuff]/' "$policy"
expect 0 check --root "$tree"
says "policy.yaml:15:18: warning: no group 'stuff' on this host"
make_tree
sed -i 's/members: \[rescue\]/members: [rescue, gone]/' "$policy"
expect 0 check --root "$tree"
says "policy.yaml:12:35: warning: no break-glass account 'gone' on this host"

make_tree
printf 'sereno: 1\nroles: {}\n' >"$tree/draft.yaml"
expect 0 check "$tree/draft.yaml" --root "$tree"
says "warning: 0 people could become root"

make_tree
both=$(sed 's/staff:x:50:luis/staff:x:50:luis,eva/; s/audit:x:51:eva/audit:x:51:eva,luis/' "$tree/etc/group")
printf '%s\n' "$both" >"$tree/etc/group"
expect 0 check --root "$tree"
says "policy.yaml:26:16: warning: roles sysadmin and auditor exclude each other, but luis holds both"

# The list of leaked passwords that the policy names.
make_tree
printf 'password:\n  min-length: 14\n  blocklist: /var/lib/list\n' >>"$policy"
expect 0 check --root "$tree"
says "policy.yaml:43:14: warning: blocklist /var/lib/list: it is not there; make it with sereno blocklist build"
expect 1 apply --dry-run --root "$tree"
says "policy.yaml:43:14: blocklist /var/lib/list: it is not there"
mkdir -p "$tree/var/lib"
printf 'no list at all\n' >"$tree/var/lib/list"
expect 1 apply --dry-run --root "$tree"
says "it is damaged, or no such list"
chmod 666 "$tree/var/lib/list"
expect 1 apply --dry-run --root "$tree"
says "others than root could have written it"
sed -i '1a observe: [password]' "$policy"
expect 0 apply --dry-run --root "$tree"
says "warning: blocklist /var/lib/list"

expect 3 check "$tree/nothing.yaml"
says "nothing.yaml"
chmod 666 "$policy"
expect 1 check --root "$tree"
says "Nothing was changed."
finish
