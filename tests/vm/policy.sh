# SPDX-License-Identifier: MIT
# policy.sh - the policy of the scenes, around the guest's present moment, in UTC.

# moment FORMAT WHEN: by the guest's clock.
moment() {
	date -u -d "@$(($(guest date +%s) + $2))" "+$1"
}

# policy UNTIL: ext-jose's rule ends then, as 2026-12-31T18:00.
policy() {
	cat <<-POLICY
		sereno: 1
		timezone: UTC
		origins:
		  office: [127.0.0.2]
		  bastion: [127.0.0.3]
		services:
		  console: [login]
		  elevate: [sudo, su]
		times:
		  open-now: ['$(moment %H:00 -7200)-$(moment %H:00 10800)']
		  closed-now: ['$(moment %H:00 14400)-$(moment %H:00 21600)']
		accounts:
		  break-glass:
		    members: [rescue]
		    from: [seat, serial]
		roles:
		  sysadmin:
		    members: [ana, luis]
		    allow:
		      - {services: [console, sshd], from: [office, bastion, seat, serial]}
		      - {services: [elevate], from: [bastion, seat, serial]}
		  auditor:
		    members: [marta]
		    allow:
		      - {services: [sshd], from: [office], hours: [open-now]}
		      - {services: [console], from: [seat]}
		  employee:
		    members-of: [clerks]
		    allow:
		      - {services: [sshd], from: [office], hours: [closed-now]}
		  contractor:
		    members: [ext-jose]
		    allow:
		      - {services: [sshd], from: [office], until: $1}
		root:
		  direct-login: [seat, serial]
		  min-administrators: 3
	POLICY
}
