# SPDX-License-Identifier: MIT
# groups.sh - the groups of one user, of few and of very many: ours beside files and systemd's drop-ins.
# And how soon a role that was taken away is gone from a new process.

groups_held=10

# groups_tree N: below $root/groups-N a host with N groups, of which ana is in ten by /etc/group, and bea in
# the same ten by roles.
groups_tree() {
	local tree=$root/groups-$1
	mkdir -p "$tree/etc/sereno"
	awk -v n="$1" -v held="$groups_held" 'BEGIN {
		print "root:x:0:"
		for (i = 1; i <= n; i++)
			printf "g%d:x:%d:%s\n", i, 100000 + i, i % (n / held) == 0 ? "ana" : "user" i
	}' >"$tree/etc/group"
	{
		echo root:x:0:0:root:/root:/bin/sh
		echo ana:x:1001:12345:::
		echo bea:x:1002:12345:::
		[ "$1" -lt 100000 ] || awk 'BEGIN { for (i = 1; i <= 100000; i++) printf "user%d:x:%d:12345:::\n", i, 200000 + i }'
	} >"$tree/etc/passwd"
	groups_policy "$1" '' >"$tree/etc/sereno/policy.yaml"
	groups_apply "$tree"
}

# groups_policy N ALSO: N roles that give a group each; bea holds ten, and another one if ALSO names her.
groups_policy() {
	policy_head
	awk -v n="$1" -v held="$groups_held" -v also="$2" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf "  r%d: {members: [%suser%d], gives-groups: [g%d], allow: []}\n", i,
				i % (n / held) == 0 ? "bea, " : i == 1 ? also : "", i, i
	}'
}

groups_apply() {
	"$O/sereno" apply --root "$1" >"$root/output" 2>&1 || {
		tail -n 20 "$root/output" >&2
		exit 1
	}
}

# groups_in N SERVICES COMMAND...: the command, in a host of N groups whose name service asks SERVICES.
groups_in() {
	local tree=$root/groups-$1
	echo "passwd: files
group: $2" >"$tree/etc/nsswitch.conf"
	shift 2
	tree=$tree O=$O unshare --mount --map-root-user sh -eu -c '
		for file in passwd group nsswitch.conf; do mount --bind "$tree/etc/$file" "/etc/$file"; done
		mount -t tmpfs -o mode=0755 none /var/lib
		mkdir /var/lib/sereno
		mount --bind "$tree/var/lib/sereno" /var/lib/sereno
		[ ! -d "$tree/userdb" ] || { mount -t tmpfs -o mode=0755 none /run && mkdir /run/userdb && mount --bind "$tree/userdb" /run/userdb; }
		export LD_LIBRARY_PATH=$O
		exec "$@"' sh "$@"
}

# groups_list N SERVICES USER ROUNDS: the median of a look-up.
groups_list() {
	groups_in "$1" "$2" "$O/tests/bench/groups" "$3" $((groups_held + 1)) "$4"
}

# groups_least N SERVICES USER ROUNDS: the least of five, since what else the machine does only adds.
groups_least() {
	for _ in 1 2 3 4 5; do groups_list "$@"; done | sort -n | head -n 1
}

for n in 10 1000 100000; do groups_tree "$n"; done
few=$(groups_least 10 sereno bea 3000)
many=$(groups_least 100000 sereno bea 3000)
files=$(groups_least 100000 files ana 30)
both=$(groups_list 100000 'files sereno' ana 30)

# systemd's drop-ins: a file for each group and a link for its number, a file for each membership.
mkdir "$root/groups-1000/userdb"
awk -v at="$root/groups-1000/userdb" -v held="$groups_held" 'BEGIN {
	for (i = 1; i <= 1000; i++) {
		group = sprintf("%s/g%d.group", at, i)
		printf "{\"groupName\":\"g%d\",\"gid\":%d}\n", i, 100000 + i >group
		close(group)
		member = sprintf("%s/%s:g%d.membership", at, i % (1000 / held) == 0 ? "ana" : "user" i, i)
		print "{}" >member
		close(member)
	}
}'
dropins=$(groups_list 1000 systemd ana 30)
thousand=$(groups_least 1000 sereno bea 3000)

quotient() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3g", a / b }'; }
echo "beside groups-of-10 $few us"
echo "beside groups-of-1000 $thousand us"
echo "beside groups-of-100000-files $files us"
echo "beside groups-of-100000-files-and-ours $both us"
echo "beside groups-of-1000-systemd-drop-ins $dropins us"
figure groups-of-100000 "$many" us 15
figure groups-of-100000-to-files "$(quotient "$many" "$files")" ratio "$(quotient 1 300)"
figure groups-of-100000-to-10 "$(quotient "$many" "$few")" ratio 2

# A role taken away from one of 100,000 users: id in a new process, until it is gone.
groups_policy 100000 'bea, ' >"$root/groups-100000/etc/sereno/policy.yaml"
groups_apply "$root/groups-100000"
groups_in 100000 sereno id bea >"$root/output"
grep -qw 100001 "$root/output" || {
	echo 'groups: bea is not in the group to be taken away' >&2
	exit 1
}
groups_policy 100000 '' >"$root/groups-100000/etc/sereno/policy.yaml"
took=$(date +%s%N)
groups_apply "$root/groups-100000"
echo "beside groups-apply-of-100000-roles $((($(date +%s%N) - took) / 1000000)) ms"
took=$(groups_in 100000 sereno sh -c 'start=$(date +%s%N)
	case $(id bea) in *,100001,*) exit 1 ;; esac
	echo $((($(date +%s%N) - start) / 1000000))')
figure groups-taken-away "$took" ms 100
