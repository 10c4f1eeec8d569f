#!/bin/sh
# SPDX-License-Identifier: MIT
# Somebody leaves a file tree: what is his is taken away, found again after a kill, and given back.
. "$(dirname "$0")/tree.inc"

login=$(cat /proc/self/loginuid 2>/dev/null || echo none)
if [ "$login" = 4294967295 ]; then
	login=1004
	(echo $login >/proc/self/loginuid) 2>/dev/null || login=none
fi
if [ "$login" = none ] || [ "$(id -u)" != 0 ]; then
	echo "skipped: it takes root, who logged in as somebody"
	exit
fi
[ "$(cat /proc/self/loginuid)" = "$login" ] || echo "$login" >/proc/self/loginuid

his='AAAAC3NzaC1lZDI1NTE5AAAAIB1hBTGnbTXBaiMGM1bAyb2yKJZdCNRtWLOXvRlCIZQx'
hers='AAAAC3NzaC1lZDI1NTE5AAAAIDTMgkgnjUCI7JQCHFdrfuCrr2pTwgUmsRWeGWWPqZpK'

# A tree in which pepe has left traces everywhere.
furnish() {
	make_tree
	sed -i "s/^luis:x:1004:/luis:x:$login:/" "$tree/etc/passwd"
	sed -i 's/^audit:x:51:eva/audit:x:51:eva,pepe/' "$tree/etc/group"
	echo 'pepe:$y$j9T$x:19000:0:99999:7:::' >>"$tree/etc/shadow"
	sed -i 's/^  contractor:/  keeper:\n    members: [pepe]\n    knows: [grub, bmc]\n    allow: [{services: [sshd], from: [office]}]\n  contractor:/' "$policy"
	sed -i 's/^  contractor:/  dba:\n    allow: [{services: [sshd], from: [office]}]\n    knows: [vault]\n  contractor:/' "$policy"
	expect 0 apply --root "$tree"
	rm -rf "$tree/home" "$tree/root" "$tree/tmp" "$tree/run"
	mkdir -p "$tree/home/pepe/.ssh" "$tree/home/luis/.ssh" "$tree/home/eva/.ssh" "$tree/root/.ssh" \
		"$tree/var/spool/cron/crontabs" "$tree/var/spool/cron/atjobs" "$tree/var/lib/systemd/linger" \
		"$tree/run/sudo/ts" "$tree/tmp" "$tree/etc/sudoers.d" "$tree/etc/ssh"
	echo "ssh-ed25519 $his pepe@laptop" >"$tree/home/pepe/.ssh/authorized_keys"
	printf '# eva\nssh-ed25519 %s eva\ncommand="echo \\"a b\\"",no-pty ssh-ed25519 %s nobody special\nssh-ed25519 %s\n' \
		"$hers" "$his" "$his" >"$tree/home/eva/.ssh/authorized_keys"
	chmod 640 "$tree/home/eva/.ssh/authorized_keys"
	echo "ssh-ed25519 $his backup" >"$tree/root/.ssh/authorized_keys"
	echo '0 3 * * * /home/pepe/x' >"$tree/var/spool/cron/crontabs/pepe"
	echo 'date' >"$tree/var/spool/cron/atjobs/a0000101abcdef"
	echo 'date' >"$tree/var/spool/cron/atjobs/a0000201abcdef"
	touch "$tree/var/lib/systemd/linger/pepe" "$tree/run/sudo/ts/pepe" "$tree/tmp/krb5cc_1003_x"
	echo 'pepe ALL=(ALL) NOPASSWD: ALL' >"$tree/etc/sudoers.d/local"
	chown -R 1003:50 "$tree/home/pepe" "$tree/tmp/krb5cc_1003_x" "$tree/var/spool/cron/crontabs/pepe" "$tree/var/spool/cron/atjobs/a0000101abcdef"
	chown -R 1005:1005 "$tree/home/eva"
}
world() { (cd "$tree" && find home root run tmp etc/passwd etc/shadow etc/group var/spool -printf '%p %M %U %l\n' -type f -exec sha256sum {} \; | sort | sha256sum); }

furnish
expect 1 offboard --root "$tree"
says "No departure is open"
expect 1 offboard luis --root "$tree"
says "nobody sees himself off"
expect 1 offboard nobody-here --root "$tree"
says "there is no account"
expect 1 offboard backup --root "$tree"
says "is not governed"
expect 1 offboard rescue --root "$tree"
says "break-glass"
expect 1 offboard root --root "$tree"
says "is root"
expect 2 offboard ../x --root "$tree"
expect 2 offboard close --bogus --root "$tree"
expect 2 offboard attest pepe --root "$tree"
says "a USER and a SECRET"
expect 2 offboard sack pepe --root "$tree"
says "sereno offboard knows"

before=$(world)
golden offboard-dry-run 0 offboard pepe --dry-run --root "$tree"
[ "$before" = "$(world)" ] || fail "--dry-run changed something"
expect 0 offboard pepe --dry-run --json --root "$tree"
json '.["dry-run"] and .user == "pepe" and (.secrets | sort) == ["bmc", "grub"]'
json '[.steps[] | select(.result == "done") | .step] | contains(["account", "crontab", "at", "linger", "own-keys", "other-keys", "groups"])'

expect 0 offboard pepe --reason 'HR-77' --root "$tree"
says "Departure 1"
says "grub"
grep -q '^pepe:!.*:1:$' "$tree/etc/shadow" || fail "account: $(grep pepe "$tree/etc/shadow")"
grep -q pepe "$tree/etc/group" && fail "still in a group"
for gone in var/spool/cron/crontabs/pepe var/spool/cron/atjobs/a0000101abcdef var/lib/systemd/linger/pepe \
	run/sudo/ts/pepe tmp/krb5cc_1003_x home/pepe/.ssh/authorized_keys; do
	[ ! -e "$tree/$gone" ] || fail "$gone is still there"
done
[ -e "$tree/var/spool/cron/atjobs/a0000201abcdef" ] || fail "somebody else's job is gone"
printf '# eva\nssh-ed25519 %s eva\n' "$hers" | cmp -s - "$tree/home/eva/.ssh/authorized_keys" || fail "eva: $(cat "$tree/home/eva/.ssh/authorized_keys")"
[ "$(stat -c '%a %u %g' "$tree/home/eva/.ssh/authorized_keys")" = '640 1005 1005' ] || fail "eva's file is not as it was"
grep -q "$his" "$tree/root/.ssh/authorized_keys" && fail "root's file has his key"
evidence=$tree/var/lib/sereno/departures/pepe-1
[ "$(stat -c %a "$evidence")" = 700 ] || fail "the evidence is open"
[ "$(grep -c "$his" "$evidence/removed-keys")" = 3 ] || fail "removed keys: $(cat "$evidence/removed-keys")"
jq -e '.reason == "HR-77" and .departure == 1' "$evidence/report.json" >/dev/null || fail "report.json"
grep -q 'etc/sudoers.d/local:1' "$evidence/report.txt" || fail "sudoers is not in the report"
expect 1 explain pepe --service sshd --from 10.20.3.4 --root "$tree"
says "has left"

# Again finds nothing more; people's part is told again.
after=$(world)
expect 0 offboard pepe --json --root "$tree"
json '[.steps[] | select(.result == "done")] == []'
[ "$after" = "$(world)" ] || fail "the second run changed something"
[ -e "$evidence/report-2.json" ] || fail "no second report"
expect 0 offboard --root "$tree"
says "open: 0 steps failed"
expect 0 offboard --json --root "$tree"
json 'length == 1 and .[0].user == "pepe" and (.[0].secrets | length) == 2'

expect 1 offboard close pepe --root "$tree"
says "not changed yet: bmc"
expect 1 offboard attest pepe vault --root "$tree"
says "no secret vault"
expect 0 offboard attest pepe grub --root "$tree"
says "1 left"
expect 1 offboard close pepe --root "$tree"
expect 0 offboard attest pepe bmc --root "$tree"
expect 0 offboard close pepe --root "$tree"
says "stay departed"
expect 1 explain pepe --service sshd --from 10.20.3.4 --root "$tree"
expect 1 offboard close pepe --root "$tree"
expect 1 offboard --root "$tree"
expect 0 offboard --all --root "$tree"
says "closed"

expect 0 offboard undo pepe --reason 'a mistake' --root "$tree"
says "pepe is back"
says "cannot be undone"
grep -q '^pepe:\$y.*:::$' "$tree/etc/shadow" || fail "account not open again: $(grep pepe "$tree/etc/shadow")"
grep -q '^audit:.*pepe' "$tree/etc/group" || fail "not in his group again"
cmp -s "$tree/home/pepe/.ssh/authorized_keys" - <<-END || fail "his keys are not back"
	ssh-ed25519 $his pepe@laptop
END
[ "$(stat -c %u "$tree/var/spool/cron/crontabs/pepe")" = 1003 ] || fail "his crontab is not back"
[ -e "$tree/var/lib/systemd/linger/pepe" ] || fail "does not linger again"
expect 0 explain pepe --service sshd --from 10.20.3.4 --root "$tree"
silent_on "has left"
expect 1 offboard undo pepe --root "$tree"
says "no departure of pepe is open"

# Too few would be left: luis is one of two.
sed -i "s/^luis:x:$login:/luis:x:1104:/; s/^zoe:x:1006:/zoe:x:$login:/" "$tree/etc/passwd"
expect 1 offboard luis --root "$tree"
says "root.min-administrators"
expect 0 offboard eva --dry-run --root "$tree"

# Later: only written down; the timer's run takes the steps when it is time, once.
furnish
expect 0 offboard pepe --at 2039-12-31T14:00 --root "$tree"
expect 0 offboard pepe --at 2040-12-31T14:00 --root "$tree" # not put off by that
says "2039-12-31"
says "leaves"
[ -e "$tree/var/spool/cron/crontabs/pepe" ] || fail "taken too early"
grep -q pepe "$tree/var/lib/sereno/grants.1.cdb" && fail "everybody can read who is yet to leave"
[ "$(stat -c %a "$tree/var/lib/sereno/leavers.1.cdb")" = 600 ] || fail "others can read who is yet to leave"
expect 0 offboard --due --root "$tree"
[ -e "$tree/var/spool/cron/crontabs/pepe" ] || fail "the timer took it too early"
expect 0 offboard --root "$tree"
says "planned"
sed -i "s/^zoe:x:$login:/zoe:x:1006:/; s/^pepe:x:1003:/pepe:x:$login:/" "$tree/etc/passwd"
expect 1 offboard undo pepe --root "$tree"
says "nobody calls off his own departure"
sed -i "s/^zoe:x:1006:/zoe:x:$login:/; s/^pepe:x:$login:/pepe:x:1003:/" "$tree/etc/passwd"
expect 0 offboard undo pepe --root "$tree"
expect 0 offboard pepe --at "$(date -u -d '+1 second' +%FT%TZ)" --root "$tree"
sleep 1.1
expect 0 offboard --due --root "$tree"
[ ! -e "$tree/var/spool/cron/crontabs/pepe" ] || fail "the timer did not take it"
grep -q pepe "$tree/var/lib/sereno/grants.1.cdb" || fail "who has left was not published"
expect 0 offboard --due --root "$tree"
[ -z "$said" ] || fail "the timer ran twice: $said"

# By the time it is due somebody else has his number: what is his by the number alone is left.
furnish
expect 0 offboard pepe --at 2039-12-31T14:00 --root "$tree"
echo 'twin:x:1003:50::/home/twin:/bin/sh' >>"$tree/etc/passwd"
sqlite3 "$tree/var/lib/sereno/register.db" "UPDATE departures SET since = $(date +%s)"
expect 1 offboard --due --root "$tree"
says "pepe has the same user id as twin by now"
[ -e "$tree/var/spool/cron/atjobs/a0000101abcdef" ] || fail "a job of the twin's is gone"
[ ! -e "$tree/var/spool/cron/crontabs/pepe" ] || fail "his crontab is still there"
expect 1 offboard pepe --root "$tree"
says "give one of them another id first"
sed -i '/^twin:/d' "$tree/etc/passwd"
expect 0 offboard pepe --root "$tree"
[ ! -e "$tree/var/spool/cron/atjobs/a0000101abcdef" ] || fail "his job is still there"

# What he knew once he knows: by a role that the policy has no more, a group he was taken out of, a
# grant of a role that is gone, and what he learns between the plan and its time; however many.
furnish
expect 0 grant pepe dba --for 1h --reason 'for a day' --root "$tree"
sed -i '/^  keeper:/,/allow:/d; s/^  auditor:/&\n    knows: [safe]/; /^  dba:/,/knows:/d' "$policy"
expect 0 apply --root "$tree"
sed -i 's/^audit:x:51:eva,pepe/audit:x:51:eva/' "$tree/etc/group"
sed -i '/^    knows: \[safe\]/d' "$policy"
expect 0 apply --root "$tree"
expect 0 offboard pepe --dry-run --json --root "$tree"
json '(.secrets | sort) == ["bmc", "grub", "safe", "vault"]'
expect 0 offboard pepe --at 2039-12-31T14:00 --root "$tree"
sed -i "s/^  contractor:/  hoarder:\n    members: [pepe]\n    knows: [$(seq -s, -f s%g 300)]\n    allow: [{services: [sshd], from: [office]}]\n  contractor:/" "$policy"
expect 0 apply --root "$tree"
sqlite3 "$tree/var/lib/sereno/register.db" "UPDATE departures SET since = $(date +%s)"
expect 0 offboard --due --root "$tree"
expect 0 offboard --json --root "$tree"
json '.[0].secrets | length == 304'
jq -e '.secrets | length == 304' "$tree/var/lib/sereno/departures/pepe-1/report.json" >/dev/null || fail "secrets are missing in the report"

# Groups change without a policy that is applied: once a day it is noted who is in them.
furnish
sed -i 's/^  auditor:/&\n    knows: [safe]/' "$policy"
expect 0 apply --root "$tree"
sed -i 's/^audit:x:51:eva,pepe/audit:x:51:eva,pepe,ana/' "$tree/etc/group"
expect 0 offboard --due --root "$tree"
sed -i 's/,ana$//' "$tree/etc/group"
expect 0 offboard ana --dry-run --json --root "$tree"
json '.secrets == []'
sed -i 's/^audit:x:51:eva,pepe/audit:x:51:eva,pepe,ana/' "$tree/etc/group"
sqlite3 "$tree/var/lib/sereno/register.db" "UPDATE counter SET value = value - 86400 WHERE name = 'learned'"
expect 0 offboard --due --root "$tree"
sed -i 's/,ana$//' "$tree/etc/group"
expect 0 offboard ana --dry-run --json --root "$tree"
json '.secrets == ["safe"]'

# A backup from before he left lets nobody in again; what was kept of his stays, and so he can come back.
furnish
echo 0123456789abcdef0123456789abcdef >"$tree/etc/machine-id"
rm -f "$tree/b.sqlar"
expect 0 backup "$tree/b.sqlar" --root "$tree"
expect 0 offboard pepe --root "$tree"
expect 0 offboard eva --at 2039-12-31T14:00 --root "$tree"
expect 0 restore "$tree/b.sqlar" --force --dry-run --root "$tree"
says "sereno offboard undo pepe"
expect 0 restore "$tree/b.sqlar" --force --root "$tree"
says "pepe leaves, or has left"
says "eva leaves, or has left"
expect 1 explain pepe --service sshd --from 10.20.3.4 --root "$tree"
says "has left"
[ -e "$tree/var/lib/sereno/departures/pepe-1/removed-keys" ] || fail "what was kept is lost"
expect 0 offboard --json --root "$tree"
json 'length == 2 and (.[0].secrets | length) == 2'
expect 0 offboard --due --root "$tree"
[ -z "$said" ] || fail "steps were taken again: $said"
expect 0 offboard undo pepe --root "$tree"
expect 0 explain pepe --service sshd --from 10.20.3.4 --root "$tree"
[ -e "$tree/home/pepe/.ssh/authorized_keys" ] || fail "his keys are not back"
expect 0 offboard pepe --root "$tree"
printf 'no register' >"$tree/var/lib/sereno/register.db"
expect 0 restore "$tree/b.sqlar" --force --root "$tree"
says "cannot be read"
says "is let in again"
expect 0 offboard pepe --root "$tree"
rm "$tree/var/lib/sereno/register.db"
expect 0 restore "$tree/b.sqlar" --force --root "$tree"
says "cannot be read"

# Killed at whatever point: running again finishes, and nothing that was kept is lost.
for wait in 0.002 0.004 0.008 0.012 0.02 0.03 0.05; do
	furnish
	timeout -s KILL "$wait" "$O/sereno" offboard pepe --root "$tree" >/dev/null 2>&1 || true
	expect 0 offboard pepe --root "$tree"
	kept=$(echo "$tree"/var/lib/sereno/departures/pepe-*)
	grep -q '^audit:x:51:eva$' "$tree/etc/group" || fail "$wait: groups"
	grep -q home/pepe/x "$kept/crontab" || fail "$wait: crontab not kept"
	[ "$(cat "$kept/account.before")" = '-1 open' ] || fail "$wait: account.before"
	[ "$(cat "$kept/groups.before")" = audit ] || fail "$wait: groups.before"
	grep -q "$his" "$tree/root/.ssh/authorized_keys" && fail "$wait: key"
done

finish
