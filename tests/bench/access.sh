# SPDX-License-Identifier: MIT
# access.sh - whole account transactions: ours with few and many rules, and the peers'.

modules=$(dirname "$(find /usr/lib /lib -name pam_permit.so -print -quit)")

# contestant NAME MODULE [ARGUMENT...]
contestant() {
	local stack=$root/pam.d/$1
	shift
	mkdir -p "$stack"
	echo "account required $*" >"$stack/sshd"
	echo 'account required pam_deny.so' >"$stack/other"
}

# in_force NAME: the policy on standard input is in force below $root/NAME.
in_force() {
	mkdir -p "$root/$1/etc/sereno"
	cp /etc/passwd /etc/group "$root/$1/etc/"
	cat >"$root/$1/etc/sereno/policy.yaml"
	"$O/sereno" apply --root "$root/$1" >"$root/output" 2>&1 || {
		cat "$root/output" >&2
		exit 1
	}
	ln -s ../dev "$root/$1/dev"
	contestant "$1" "$O/pam_sereno_access.so" "root=$root/$1"
}

mkdir -p "$root/pam.d" "$root/dev"
contestant permit "$modules/pam_permit.so"
stacks='permit getgrouplist'
for rules in 10 100000; do
	spread "$rules" | in_force "spread-$rules"
	stacked "$rules" | in_force "stacked-$rules"
	{ spread "$rules" && with_group; } | in_force "grouped-$rules"
	alike "$rules" | in_force "alike-$rules"
	stacks="$stacks alike-$rules spread-$rules stacked-$rules grouped-$rules"
done
for rules in 10 1000 100000; do
	access_users "$rules" >"$root/access-users-$rules"
	contestant "pam_access-$rules" "$modules/pam_access.so" nodefgroup "accessfile=$root/access-users-$rules"
	time_users "$rules" >"$root/time-users-$rules"
	contestant "pam_time-$rules" "$modules/pam_time.so" "conffile=$root/time-users-$rules"
	stacks="$stacks pam_access-$rules pam_time-$rules"
done
for rules in 10 1000; do
	access_groups "$rules" >"$root/access-groups-$rules"
	contestant "pam_access-groups-$rules" "$modules/pam_access.so" "accessfile=$root/access-groups-$rules"
	stacks="$stacks pam_access-groups-$rules"
done

# Word splitting is meant: one word a stack.
# shellcheck disable=SC2086
"$O/tests/bench/transactions" "$root" "$ASKS" "$ADDRESS" $stacks >"$root/times"

# of EXPRESSION: with the stacks' times by name, "t["spread-10"] / t["permit"]".
of() {
	awk '{ t[$1] = $2 } END { printf("%.2f", ('"$1"')) }' "$root/times"
}

awk '{ printf "beside %s %.1f us\n", $1, $2 / 1000 }' "$root/times"
figure access-many-rules-to-few-spread "$(of 't["spread-100000"] / t["spread-10"]')" ratio 1.2
figure access-many-rules-to-few-in-one-role "$(of 't["stacked-100000"] / t["stacked-10"]')" ratio 1.2
figure access-to-pam_permit "$(of 't["stacked-100000"] > t["spread-100000"] ? t["stacked-100000"] / t["permit"] : t["spread-100000"] / t["permit"]')" ratio 2
figure access-with-unix-group "$(of 't["grouped-100000"] / 1000')" us \
	"$(of '(2 * t["permit"] + 1.2 * t["getgrouplist"]) / 1000')"
