# SPDX-License-Identifier: MIT
# policies.sh - policies and their peers' files of a given size, for one asking user.

ASKS=daemon      # exists everywhere; a role names him, so he is governed
ADDRESS=10.99.0.1

# spread RULES: in roles of 10 rules each; the asking user holds the last role, and its last rule fits.
spread() {
	policy_head
	awk -v rules="$1" -v user="$ASKS" -v address="$ADDRESS" 'BEGIN {
		roles = rules / 10
		for (r = 1; r <= roles; r++) {
			printf "  role%d:\n    members: [%s]\n    allow:\n", r, r == roles ? user : "user" r
			for (i = 1; i <= 10; i++) {
				from = sprintf("10.%d.%d.%d", r % 90, int(r / 90), i)
				printf "      - {services: [sshd], from: [%s]}\n", (r == roles && i == 10) ? address : from
			}
		}
	}'
}

# stacked RULES: all in the one role of the asking user; the last rule fits.
stacked() {
	policy_head
	printf '  everything:\n    members: [%s]\n    allow:\n' "$ASKS"
	awk -v rules="$1" -v address="$ADDRESS" 'BEGIN {
		for (i = 1; i <= rules; i++) {
			from = sprintf("10.%d.%d.%d", int(i / 65536), int(i / 256) % 256, i % 256)
			printf "      - {services: [sshd], from: [%s]}\n", i == rules ? address : from
		}
	}'
}

# alike RULES: all in one role, for the same service and origin; only their dates differ. Nothing can
# tell such rules apart before they are read.
alike() {
	policy_head
	printf '  everything:\n    members: [%s]\n    allow:\n' "$ASKS"
	awk -v rules="$1" -v address="$ADDRESS" 'BEGIN {
		for (i = 1; i < rules; i++) {
			day = sprintf("20%02d-%02d-%02dT%02d", i / 40000, i / 4000 % 10 + 1, i / 1440 % 28 + 1, i / 60 % 24)
			dates = sprintf("since: %s:%02d, until: %s:%02d", day, i % 59, day, i % 59 + 1)
			printf "      - {services: [sshd], from: [%s], %s}\n", address, dates
		}
		printf "      - {services: [sshd], from: [%s]}\n", address
	}'
}

policy_head() {
	printf 'sereno: 1\ntimezone: UTC\nroot: {min-administrators: 0}\nroles:\n'
}

# A role by Unix group: now the groups of every subject are asked.
with_group() {
	printf '  by-group:\n    members-of: [%s]\n    allow:\n' "$(id -gn "$ASKS")"
	printf '      - {services: [cups], from: [seat]}\n'
}

# The same question put to the peers: RULES lines for others, then the one that fits.
access_users() {
	awk -v n="$1" -v user="$ASKS" -v address="$ADDRESS" 'BEGIN {
		for (i = 1; i < n; i++)
			printf "+ : user%d : 10.%d.%d.%d\n", i, int(i / 65536), int(i / 256) % 256, i % 256
		printf "+ : %s : %s\n- : ALL : ALL\n", user, address
	}'
}

access_groups() {
	awk -v n="$1" -v user="$ASKS" -v address="$ADDRESS" 'BEGIN {
		for (i = 1; i < n; i++)
			printf "+ : (group%d) : 10.%d.%d.%d\n", i, int(i / 65536), int(i / 256) % 256, i % 256
		printf "+ : %s : %s\n- : ALL : ALL\n", user, address
	}'
}

time_users() {
	awk -v n="$1" -v user="$ASKS" 'BEGIN {
		for (i = 1; i < n; i++)
			printf "sshd;*;user%d;Al0800-1800\n", i
		printf "*;*;%s;Al0000-2400\n", user
	}'
}

# company SCALE EDITION: 100,000 members, 1,000 roles and 10,000 rules for each unit of SCALE; in
# another edition the hours of one role in fifty differ.
company() {
	awk -v scale="$1" -v tag="$2" 'BEGIN {
		print "sereno: 1\ntimezone: Europe/Madrid\norigins:\n  office: [10.20.0.0/16]\n  bastion: [10.20.9.10]"
		print "services:\n  console: [login, gdm-password]\n  elevate: [sudo, su, polkit-1]"
		print "times:\n  working-day: [Mon-Fri 07:00-21:00]\nroot: {min-administrators: 0}\nroles:"
		for (r = 1; r <= 1000 * scale; r++) {
			printf "  role%d:\n    members: [", r
			for (m = 1; m <= 100; m++)
				printf "%suser%d", (m > 1 ? ", " : ""), (r - 1) * 100 + m
			print "]\n    allow:\n      - {services: [console], from: [seat], hours: [working-day]}"
			print "      - {services: [sshd], from: [office], hours: [working-day, Sat 09:00-14:00]}"
			print "      - {services: [elevate], from: [bastion]}"
			half = (r % 50 == tag) ? 30 : 0
			for (i = 4; i <= 10; i++) {
				where = sprintf("10.%d.%d.0/24", r % 250, (r + i) % 250)
				hours = sprintf("Mon-Fri %02d:00-%02d:%02d", i, i + 8, half)
				printf "      - {services: [app%d], from: [%s], hours: [%s]}\n", i, where, hours
			}
		}
	}'
}
