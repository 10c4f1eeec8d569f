# SPDX-License-Identifier: MIT
# policies.sh - the policy of the scenes. Hours are written around the present moment, in UTC.

# hour_in N: the full hour N hours from now, as HH:00.
hour_in() {
	date -u -d "$1 hours" +%H:00
}

main_policy() {
	cat <<-POLICY
		sereno: 1

		document:
		  title: Logins of the demo
		  owner: ana

		timezone: UTC

		origins:
		  office: [127.0.0.2, 'fd00:20::/64']
		  bastion: [127.0.0.3]
		services:
		  console: [login]
		  elevate: [sudo, su]
		times:
		  open-now: ['$(hour_in -2)-$(hour_in +3)']
		  closed-now: ['$(hour_in +4)-$(hour_in +6)']

		accounts:
		  break-glass:
		    members: [rescue]
		    from: [seat, serial]

		roles:
		  sysadmin:
		    members: [ana, luis]
		    excludes: [auditor]
		    allow:
		      - services: [console, sshd]
		        from: [office, bastion, seat, serial]
		      - services: [elevate]
		        from: [bastion, seat, serial]
		  auditor:
		    members: [marta]
		    allow:
		      - {services: [sshd], from: [office], hours: [open-now]}
		  employee:
		    members-of: [clerks]
		    allow:
		      - {services: [console], from: [seat], hours: [open-now]}
		      - {services: [sshd], from: [office], hours: [closed-now]}
		      - {services: [elevate], from: [anywhere], until: 2020-12-31}
		  contractor:
		    members: [ext-jose]
		    until: 2020-12-31
		    allow:
		      - {services: [sshd], from: [office]}
		  cashier:
		    members-of: [cashiers]
		    excludes: [controller]
		    allow:
		      - {services: [sshd], from: [office]}
		  controller:
		    members-of: [controllers]
		    allow:
		      - {services: [sshd], from: [office]}

		root:
		  direct-login: [seat, serial]
		  min-administrators: 3
	POLICY
}

limit_attempts() {
	cat <<-POLICY

		attempts:
		  allow: 3
		  within: 15m
		  then: {delay: 30s, doubling-to: 1h}
		  allow-per-user: 9
	POLICY
}

# Three slips: a key, an hour, a role.
broken_policy() {
	main_policy | sed -e '0,/members:/!s/members: \[marta\]/memebrs: [marta]/' -e 's/excludes: \[auditor\]/excludes: [sytem-admin]/' \
		-e "s/closed-now: .*/closed-now: ['22:00-25:00']/"
}

# What passwords must be; added to the policy above.
judge_passwords() {
	cat <<-'POLICY'

		password:
		  min-length: 12
		  min-classes: 3
		  differs-by: 5
		  not-containing: [sereno]
		  dictionary: yes
		  blocklist: /var/lib/sereno/blocklist
		  history: 5
	POLICY
}
