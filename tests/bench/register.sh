# SPDX-License-Identifier: MIT
# register.sh - a role granted and taken back at 100,000 users: what the command takes, and how soon the groups of
# the role are gone from a new process. And a review of 100,000 members.

register_users=100000 register_grants=1000

# Who grants is who logged in; an account of this tree stands for him.
register_login=$(cat /proc/self/loginuid 2>/dev/null || echo 4294967295)
if [ "$register_login" = 4294967295 ]; then
	register_login=1000
	echo $register_login >/proc/self/loginuid 2>/dev/null || {
		echo 'register: no login user id can be had here' >&2
		exit 1
	}
fi

register_tree=$root/register
mkdir -p "$register_tree/etc/sereno"
awk -v n=$register_users -v login="$register_login" 'BEGIN {
	print "root:x:0:0:root:/root:/bin/sh"
	if (login != 0) printf "marta:x:%d:1000::/home/marta:/bin/sh\n", login
	for (i = 1; i <= n; i++) printf "user%d:x:%d:1000:::/bin/sh\n", i, 200000 + i
}' >"$register_tree/etc/passwd"
[ "$register_login" != 0 ] || sed -i 's/^root:/marta:/' "$register_tree/etc/passwd"
printf 'root:x:0:\npeople:x:1000:\ndb:x:1001:\n' >"$register_tree/etc/group"
cat >"$register_tree/etc/sereno/policy.yaml" <<'END'
sereno: 1
roles:
  employee: {members-of: [people], owner: marta, allow: [{services: [sshd], from: [10.0.0.0/8]}]}
  boss: {members: [marta], allow: [{services: [sshd, sudo], from: [10.0.0.0/8]}]}
  dba: {members: [], gives-groups: [db], allow: [{services: [sshd], from: [10.0.0.0/8]}]}
root: {min-administrators: 0}
END

register_run() {
	"$O/sereno" "$@" --root "$register_tree" >"$root/output" 2>&1 || {
		echo "register: sereno $*" >&2
		tail -n 20 "$root/output" >&2
		exit 1
	}
}
register_now() { date +%s%N; }
register_ms() { awk -v from="$1" -v to="$2" 'BEGIN { printf "%.1f", (to - from) / 1e6 }'; }
register_median() { sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

register_run apply
register_run grant user1 dba --for 8h --reason bench
# The others by the row: a thousand commands would take a minute.
sqlite3 "$register_tree/var/lib/sereno/register.db" "
	WITH RECURSIVE n(i) AS (VALUES (2) UNION ALL SELECT i + 1 FROM n WHERE i < $register_grants)
	INSERT INTO grants (user, role, since, until, request, made_user, made_uid, made_at, made_reason)
	SELECT 'user' || i, role, since, until, 0, made_user, made_uid, made_at, made_reason FROM n, grants WHERE id = 1;
	UPDATE counter SET value = value + 1 WHERE name = 'serial'"
register_run grants

# In the file tree's own /etc and /var/lib: id, new each time, as the host's programs have it. (A user namespace
# would hide who logged in: this wants root.)
echo 'passwd: files
group: files sereno' >"$register_tree/etc/nsswitch.conf"
register_in() {
	tree=$register_tree O=$O unshare --mount sh -eu -c '
		for file in passwd group nsswitch.conf; do mount --bind "$tree/etc/$file" "/etc/$file"; done
		mount -t tmpfs -o mode=0755 none /var/lib
		mkdir /var/lib/sereno
		mount --bind "$tree/var/lib/sereno" /var/lib/sereno
		export LD_LIBRARY_PATH=$O
		exec "$@"' sh "$@"
}

# From the return of the command until a new process does not have the group: id is asked until it says so.
register_gone() {
	register_in sh -eu -c '
		for i in $(seq 901 920); do
			user=user$i
			case $(id -G "$user") in *1001*) ;; *) echo "$user does not hold it" >&2 && exit 1 ;; esac
			began=$(date +%s%N)
			"$O/sereno" revoke "$user" dba --reason bench >/dev/null
			returned=$(date +%s%N)
			while case " $(id -G "$user") " in *" 1001 "*) true ;; *) false ;; esac; do :; done
			gone=$(date +%s%N)
			"$O/sereno" grant "$user" dba --for 8h --reason bench >/dev/null
			granted=$(date +%s%N)
			echo "$(((returned - began) / 1000)) $(((gone - returned) / 1000)) $(((granted - gone) / 1000))"
		done'
}
register_gone >"$root/register.times"
thousandth() { awk '{ printf "%.1f", $1 / 1000 }'; }
echo "beside register-revoke $(cut -d ' ' -f 1 "$root/register.times" | register_median | thousandth) ms"
echo "beside register-grant $(cut -d ' ' -f 3 "$root/register.times" | register_median | thousandth) ms"
figure register-revoked-gone-from-id "$(cut -d ' ' -f 2 "$root/register.times" | sort -n | tail -n 1 | thousandth)" ms 100

began=$(register_now)
"$O/sereno" review employee --json --root "$register_tree" >"$root/output"
ended=$(register_now)
[ "$(jq '.members | length' "$root/output")" = $((register_users + 1)) ] || {
	echo 'register: not everybody is in the list' >&2
	exit 1
}
figure register-review-of-100000 "$(register_ms "$began" "$ended")" ms 1000
