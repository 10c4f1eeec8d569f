/* SPDX-License-Identifier: MIT */
/*
 * access.c - tests of the decision: policies as an administrator writes them, and who gets in.
 */
#include "fixture.h"

#include <sereno/access.h>
#include <sereno/scoped.h>

#define ROOT_UID 0
#define USER_UID 1500

/* clang-format off */
static const char office[] =
	"sereno: 1\n"                                                                          /* 1 */
	"timezone: Europe/Madrid\n"
	"origins:\n"
	"  office: [10.20.0.0/16, 'fd00:20::/32', seat]\n"
	"  bastion: [10.20.9.10]\n"                                                            /* 5 */
	"hosts: {databases: ['pg-*'], webs: ['web-*']}\n"
	"services: {console: [login, gdm-password], elevate: [sudo, su, polkit-1]}\n"
	"times: {working-day: [Mon-Fri 07:00-21:00], night: [Mon-Fri 22:00-06:00]}\n"
	"accounts:\n"
	"  break-glass: {members: [rescue], from: [seat, bastion]}\n"                          /* 10 */
	"  persons: {ana: [ana, ana-adm], eva: [eva, eva-x], bob: [bob, bob-bot]}\n"
	"roles:\n"
	"  employee:\n"
	"    members-of: [staff]\n"
	"    except: [pepe]\n"                                                                 /* 15 */
	"    allow:\n"
	"      - {services: [console], from: [seat], hours: [working-day]}\n"
	"      - {services: [sshd], from: [office], hours: [working-day, Sat 09:00-14:00], second-factor: required}\n"
	"  sysadmin:\n"
	"    members: [ana-adm, luis]\n"                                                       /* 20 */
	"    allow:\n"
	"      - {services: [console, sshd], from: [bastion, seat, serial], second-factor: required}\n"
	"      - {services: [elevate, chsh], from: [bastion, seat, serial]}\n"
	"  auditor:\n"
	"    members: [marta]\n"                                                               /* 25 */
	"    members-of: [wheel]\n"
	"    excludes: [sysadmin]\n"
	"    allow:\n"
	"      - {services: [sshd], from: [anywhere]}\n"
	"  dba:\n"                                                                             /* 30 */
	"    members: [dora, postgres]\n"
	"    allow:\n"
	"      - {services: [sshd], from: [bastion], hosts: [databases]}\n"
	"      - {services: [login], from: [bastion], hosts: [webs]}\n"
	"  contractor:\n"                                                                      /* 35 */
	"    members: [jose]\n"
	"    until: 2026-03-31\n"
	"    allow:\n"
	"      - {services: [sshd], from: [10.20.40.0/24], until: 2026-02-28}\n"
	"      - {services: [sshd], from: [10.20.41.0/24]}\n"                                  /* 40 */
	"      - {services: [login], from: [10.20.41.0/24], since: 2026-03-01}\n"
	"  operator:\n"
	"    members: [nora]\n"
	"    allow:\n"
	"      - {services: [login], from: [seat], hours: [night]}\n"                          /* 45 */
	"      - {services: [login], from: [seat], hours: [06:00-14:00]}\n"
	"      - {services: [login], from: [serial], hours: [Sun 00:00-06:00]}\n"
	"  keeper:\n"
	"    members: [eva]\n"
	"    excludes: [payer]\n"                                                              /* 50 */
	"    allow:\n"
	"      - {services: [login], from: [seat]}\n"
	"  payer:\n"
	"    members-of: [night]\n"
	"    since: 2026-06-01\n"                                                              /* 55 */
	"    until: 2026-06-30\n"
	"    allow:\n"
	"      - {services: [login], from: [seat]}\n"
	"  tenant:\n"
	"    members: [tina]\n"                                                               /* 60 */
	"    until: 2030-12-31\n"
	"    allow:\n"
	"      - {services: [login], from: [seat]}\n"
	"  robot:\n"                                                                          /* 64 */
	"    unattended: yes\n"
	"    members: [ansible, bob-bot]\n"
	"    allow:\n"
	"      - {services: [sshd, sudo], from: [bastion]}\n"
	"  warden:\n"
	"    members: [wanda]\n"                                                        /* 70 */
	"    until: 2026-12-31\n"
	"    allow:\n"
	"      - {services: [swaylock], from: [anywhere], hours: [working-day], second-factor: required}\n"
	"      - {services: [i3lock], from: [seat], until: 2026-06-30, second-factor: required}\n"
	"      - {services: [vlock], from: [bastion], second-factor: required}\n"              /* 75 */
	"      - {services: [kde], from: [anywhere]}\n"
	"      - {services: [cron], from: [anywhere], second-factor: required}\n"
	"root: {direct-login: [serial, bastion]}\n";

#define STAFF 50
#define WHEEL 60
#define NIGHT 70

static const struct row {
	const char *name, *user, *service, *from, *at;
	enum access_outcome outcome;
	enum access_reason reason;
	const char *rule;  /* ROLE.NUMBER */
	const char *until; /* NULL: no end */
	bool own_login;
	uid_t uid;         /* 0: USER_UID; use root: below for uid 0 */
	gid_t gid;
	const char *other; /* an account of the same person, in group @other_gid */
	gid_t other_gid;
	unsigned met;
} rows[] = {
#define ALLOW ACCESS_ALLOW
#define DENY  ACCESS_DENY
#define FACTOR .met = DEMAND_SECOND_FACTOR
	/* Rules, services, origins. */
	{ "a rule fits", "bea", "login", "seat", "2026-01-12T10:00", ALLOW, REASON_RULE, .rule = "employee.1", .until = "2026-01-12T20:00", .gid = STAFF },
	{ "a named service", "bea", "gdm-password", "seat", "2026-01-12T10:00", ALLOW, REASON_RULE, .rule = "employee.1", .until = "2026-01-12T20:00", .gid = STAFF },
	{ "another service", "bea", "sudo", "seat", "2026-01-12T10:00", DENY, REASON_NO_RULE, .rule = "", .gid = STAFF },
	{ "an unknown service is a login", "bea", "frobnicate", "seat", "", DENY, REASON_NO_RULE, .rule = "", .gid = STAFF },
	{ "another origin", "bea", "login", "serial", "2026-01-12T10:00", DENY, REASON_NO_RULE, .rule = "", .gid = STAFF },
	{ "no group, no role", "bea", "login", "seat", "2026-01-12T10:00", DENY, REASON_NO_ROLE, .rule = "" },
	{ "another group", "bea", "login", "seat", "2026-01-12T10:00", DENY, REASON_NO_ROLE, .rule = "", .gid = 51 },
	{ "excepted from the group's role", "pepe", "login", "seat", "2026-01-12T10:00", DENY, REASON_NO_ROLE, .rule = "", .gid = STAFF },
	{ "names match exactly", "LUIS", "sudo", "seat", "", DENY, REASON_NO_ROLE, .rule = "" },
	{ "names match whole", "lui", "sudo", "seat", "", DENY, REASON_NO_ROLE, .rule = "" },
	{ "an odd name", "a\x01\xff%s\"", "sudo", "seat", "", DENY, REASON_NO_ROLE, .rule = "" },
	{ "an empty name", "", "sudo", "seat", "", DENY, REASON_NO_ROLE, .rule = "" },
	/* Addresses. */
	{ "in the network", "bea", "sshd", "10.20.255.255", "2026-01-12T10:00", ALLOW, REASON_RULE, .rule = "employee.2", .until = "2026-01-12T20:00", .gid = STAFF, FACTOR },
	{ "outside of the network", "bea", "sshd", "10.21.0.0", "2026-01-12T10:00", DENY, REASON_NO_RULE, .rule = "", .gid = STAFF, FACTOR },
	{ "IPv6", "bea", "sshd", "fd00:20:1::1", "2026-01-12T10:00", ALLOW, REASON_RULE, .rule = "employee.2", .until = "2026-01-12T20:00", .gid = STAFF, FACTOR },
	{ "IPv6 outside", "bea", "sshd", "fd00:21::1", "2026-01-12T10:00", DENY, REASON_NO_RULE, .rule = "", .gid = STAFF, FACTOR },
	{ "IPv4 in IPv6", "bea", "sshd", "::ffff:10.20.1.1", "2026-01-12T10:00", ALLOW, REASON_RULE, .rule = "employee.2", .until = "2026-01-12T20:00", .gid = STAFF, FACTOR },
	{ "a line in a named origin", "bea", "sshd", "seat", "2026-01-12T10:00", ALLOW, REASON_RULE, .rule = "employee.2", .until = "2026-01-12T20:00", .gid = STAFF, FACTOR },
	{ "unknown fits no network", "bea", "sshd", "unknown", "2026-01-12T10:00", DENY, REASON_NO_RULE, .rule = "", .gid = STAFF, FACTOR },
	{ "unknown fits anywhere", "marta", "sshd", "unknown", "", ALLOW, REASON_RULE, .rule = "auditor.1" },
	{ "no origin is unknown", "marta", "sshd", "", "", ALLOW, REASON_RULE, .rule = "auditor.1" },
	{ "no origin fits no list", "luis", "sudo", "", "", DENY, REASON_NO_RULE, .rule = "" },
	{ "jobs is anywhere too", "marta", "sshd", "jobs", "", ALLOW, REASON_RULE, .rule = "auditor.1" },
	/* Hosts. */
	{ "a rule of this host", "dora", "sshd", "10.20.9.10", "", ALLOW, REASON_RULE, .rule = "dba.1" },
	{ "a rule of another host", "dora", "login", "10.20.9.10", "", DENY, REASON_NO_RULE, .rule = "" },
	/* Second factor. */
	{ "second factor due", "luis", "sshd", "10.20.9.10", "", DENY, REASON_SECOND_FACTOR, .rule = "sysadmin.1" },
	{ "second factor met", "luis", "sshd", "10.20.9.10", "", ALLOW, REASON_RULE, .rule = "sysadmin.1", FACTOR },
	{ "demands add", "luis", "login", "seat", "2026-01-12T10:00", DENY, REASON_SECOND_FACTOR, .rule = "sysadmin.1", .gid = STAFF },
	{ "met demands, longest rule", "luis", "login", "seat", "2026-01-12T10:00", ALLOW, REASON_RULE, .rule = "sysadmin.1", .gid = STAFF, FACTOR },
	/* Hours and dates. */
	{ "before hours", "bea", "login", "seat", "2026-01-12T05:59", DENY, REASON_HOURS, .rule = "", .gid = STAFF },
	{ "at the first minute", "bea", "login", "seat", "2026-01-12T06:00", ALLOW, REASON_RULE, .rule = "employee.1", .until = "2026-01-12T20:00", .gid = STAFF },
	{ "at the last minute", "bea", "login", "seat", "2026-01-12T19:59", ALLOW, REASON_RULE, .rule = "employee.1", .until = "2026-01-12T20:00", .gid = STAFF },
	{ "end excluded", "bea", "login", "seat", "2026-01-12T20:00", DENY, REASON_HOURS, .rule = "", .gid = STAFF },
	{ "Saturday", "bea", "login", "seat", "2026-01-17T10:00", DENY, REASON_HOURS, .rule = "", .gid = STAFF },
	{ "Saturday by ssh", "bea", "sshd", "seat", "2026-01-17T10:00", ALLOW, REASON_RULE, .rule = "employee.2", .until = "2026-01-17T13:00", .gid = STAFF, FACTOR },
	{ "summer time", "bea", "login", "seat", "2026-07-13T05:00", ALLOW, REASON_RULE, .rule = "employee.1", .until = "2026-07-13T19:00", .gid = STAFF },
	{ "wrap past midnight", "nora", "login", "seat", "2026-01-13T03:00", ALLOW, REASON_RULE, .rule = "operator.1", .until = "2026-01-13T13:00" },
	{ "wrap belongs to its first day", "nora", "login", "seat", "2026-01-12T03:00", DENY, REASON_HOURS, .rule = "" },
	{ "Friday night ends on Saturday", "nora", "login", "seat", "2026-01-17T04:00", ALLOW, REASON_RULE, .rule = "operator.1", .until = "2026-01-17T13:00" },
	{ "night when the clock goes forward", "nora", "login", "serial", "2026-03-28T23:30", ALLOW, REASON_RULE, .rule = "operator.3", .until = "2026-03-29T04:00" },
	{ "night when the clock goes back", "nora", "login", "serial", "2026-10-24T22:30", ALLOW, REASON_RULE, .rule = "operator.3", .until = "2026-10-25T05:00" },
	{ "a rule's last day", "jose", "sshd", "10.20.40.1", "2026-02-28T22:59", ALLOW, REASON_RULE, .rule = "contractor.1", .until = "2026-02-28T23:00" },
	{ "a rule's date is over", "jose", "sshd", "10.20.40.1", "2026-02-28T23:00", DENY, REASON_DATES, .rule = "" },
	{ "a rule's date is to come", "jose", "login", "10.20.41.1", "2026-02-28T22:59", DENY, REASON_DATES, .rule = "" },
	{ "a rule's first moment", "jose", "login", "10.20.41.1", "2026-02-28T23:00", ALLOW, REASON_RULE, .rule = "contractor.3", .until = "2026-03-31T22:00" },
	{ "the role ends before its rule", "jose", "sshd", "10.20.41.1", "2026-01-12T10:00", ALLOW, REASON_RULE, .rule = "contractor.2", .until = "2026-03-31T22:00" },
	{ "an end years ahead", "tina", "login", "seat", "2026-01-12T10:00", ALLOW, REASON_RULE, .rule = "tenant.1", .until = "2030-12-31T23:00" },
	{ "the role is over", "jose", "sshd", "10.20.41.1", "2026-03-31T22:00", DENY, REASON_NO_ROLE, .rule = "" },
	{ "past the zone's knowledge", "bea", "login", "seat", "2099-01-12T10:00", DENY, REASON_HOURS, .rule = "", .gid = STAFF },
	/* Roles that exclude each other. */
	{ "excluded by a group", "luis", "sudo", "seat", "", DENY, REASON_EXCLUSION, .rule = "", .gid = WHEEL },
	{ "both are set aside", "luis", "sshd", "unknown", "", DENY, REASON_EXCLUSION, .rule = "", .gid = WHEEL },
	{ "excluded by another account's name", "ana", "sshd", "unknown", "", DENY, REASON_EXCLUSION, .rule = "", .gid = WHEEL },
	{ "excluded by another account's group", "ana-adm", "sudo", "seat", "", DENY, REASON_EXCLUSION, .rule = "", .other = "ana", .other_gid = WHEEL },
	{ "another account gives no right", "ana", "sudo", "seat", "", DENY, REASON_NO_ROLE, .rule = "" },
	{ "a stranger is no other account", "luis", "sudo", "seat", "", ALLOW, REASON_RULE, .rule = "sysadmin.2", .other = "ana", .other_gid = WHEEL },
	{ "until the exclusion begins", "eva", "login", "seat", "2026-05-01T10:00", ALLOW, REASON_RULE, .rule = "keeper.1", .until = "2026-05-31T22:00", .gid = NIGHT },
	{ "while the exclusion lasts", "eva", "login", "seat", "2026-05-31T22:00", DENY, REASON_EXCLUSION, .rule = "", .gid = NIGHT },
	{ "after the exclusion", "eva", "login", "seat", "2026-06-30T22:00", ALLOW, REASON_RULE, .rule = "keeper.1", .gid = NIGHT },
	{ "until the other account's begins", "eva", "login", "seat", "2026-05-01T10:00", ALLOW, REASON_RULE, .rule = "keeper.1", .until = "2026-05-31T22:00", .other = "eva-x", .other_gid = NIGHT },
	/* A program's account is no person's. */
	{ "a program", "ansible", "sshd", "10.20.9.10", "", ALLOW, REASON_RULE, .rule = "robot.1" },
	{ "a group makes a program a person", "ansible", "sshd", "10.20.9.10", "", DENY, REASON_EXCLUSION, .rule = "", .gid = STAFF },
	{ "neither kind's rules", "ansible", "login", "seat", "2026-01-12T10:00", DENY, REASON_EXCLUSION, .rule = "", .gid = STAFF },
	{ "nor its jobs", "ansible", "cron", "jobs", "", DENY, REASON_EXCLUSION, .rule = "", .gid = STAFF },
	{ "a program until it is a person", "ansible", "sshd", "10.20.9.10", "2026-05-01T10:00", ALLOW, REASON_RULE, .rule = "robot.1", .until = "2026-05-31T22:00", .gid = NIGHT },
	{ "while it is a person", "ansible", "sshd", "10.20.9.10", "2026-05-31T22:00", DENY, REASON_EXCLUSION, .rule = "", .gid = NIGHT },
	{ "when it is none any more", "ansible", "sshd", "10.20.9.10", "2026-06-30T22:00", ALLOW, REASON_RULE, .rule = "robot.1", .gid = NIGHT },
	{ "a person's program", "bob-bot", "sshd", "10.20.9.10", "", ALLOW, REASON_RULE, .rule = "robot.1", .other = "bob", .other_gid = STAFF },
	/* Kinds of service. */
	{ "sudo-i is sudo", "luis", "sudo-i", "seat", "", ALLOW, REASON_RULE, .rule = "sysadmin.2" },
	{ "su-l is su", "luis", "su-l", "serial", "", ALLOW, REASON_RULE, .rule = "sysadmin.2" },
	{ "sudo from every login", "luis", "sudo", "seat 10.20.9.10 serial", "", ALLOW, REASON_RULE, .rule = "sysadmin.2" },
	{ "sudo with one login elsewhere", "luis", "sudo", "seat 10.20.9.11 serial", "", DENY, REASON_NO_RULE, .rule = "" },
	{ "sudo with one login unknown", "luis", "sudo", "seat unknown", "", DENY, REASON_NO_RULE, .rule = "" },
	{ "the same login twice", "luis", "sudo", "seat seat", "", ALLOW, REASON_RULE, .rule = "sysadmin.2" },
	{ "a tool needs a rule", "luis", "chsh", "seat", "", ALLOW, REASON_RULE, .rule = "sysadmin.2" },
	{ "a tool without a rule", "luis", "chfn", "seat", "", DENY, REASON_NO_RULE, .rule = "" },
	{ "a job of a holder", "bea", "cron", "jobs", "2026-01-17T03:00", ALLOW, REASON_ROLE, .rule = "employee.0", .gid = STAFF },
	{ "a job of nobody's", "bea", "cron", "jobs", "", DENY, REASON_NO_ROLE, .rule = "" },
	{ "a job ends with the role", "jose", "cron", "", "2026-01-12T10:00", ALLOW, REASON_ROLE, .rule = "contractor.0", .until = "2026-03-31T22:00" },
	{ "no job after the role", "jose", "cron", "", "2026-04-01T10:00", DENY, REASON_NO_ROLE, .rule = "" },
	{ "no job while excluded", "luis", "cron", "jobs", "", DENY, REASON_EXCLUSION, .rule = "", .gid = WHEEL },
	{ "a user manager", "luis", "systemd-user", "", "", ALLOW, REASON_ROLE, .rule = "sysadmin.0" },
	{ "unlocking needs no hours", "bea", "swaylock", "seat", "2026-01-17T03:00", ALLOW, REASON_ROLE, .rule = "employee.0", .gid = STAFF },
	{ "unlocking, a code demanded", "wanda", "swaylock", "10.1.2.3", "2026-01-12T10:00", DENY, REASON_SECOND_FACTOR, .rule = "warden.1" },
	{ "unlocking, out of the hours of what demands it", "wanda", "swaylock", "", "2026-01-17T03:00", DENY, REASON_SECOND_FACTOR, .rule = "warden.1" },
	{ "unlocking, the code given", "wanda", "swaylock", "seat", "2026-01-12T10:00", ALLOW, REASON_ROLE, .rule = "warden.0", .until = "2026-12-31T23:00", FACTOR },
	{ "unlocking, demanded at the seat", "wanda", "i3lock", "", "2026-01-12T10:00", DENY, REASON_SECOND_FACTOR, .rule = "warden.2" },
	{ "unlocking, demanded no more", "wanda", "i3lock", "", "2026-07-12T10:00", ALLOW, REASON_ROLE, .rule = "warden.0", .until = "2026-12-31T23:00" },
	{ "unlocking, demanded at addresses, which cannot be told", "wanda", "vlock", "10.20.9.10", "", ALLOW, REASON_ROLE, .rule = "warden.0", .until = "2026-12-31T23:00" },
	{ "unlocking, a rule that demands nothing", "wanda", "kde", "", "", ALLOW, REASON_ROLE, .rule = "warden.0", .until = "2026-12-31T23:00" },
	{ "unlocking, another role's demand", "luis", "swaylock", "seat", "", ALLOW, REASON_ROLE, .rule = "sysadmin.0" },
	{ "a job is asked for no code", "wanda", "cron", "jobs", "", ALLOW, REASON_ROLE, .rule = "warden.0", .until = "2026-12-31T23:00" },
	{ "unlocking by nobody", "bea", "swaylock", "seat", "", DENY, REASON_NO_ROLE, .rule = "" },
	/* Who is governed. */
	{ "below min-uid", "www-data", "login", "seat", "", ACCESS_NOT_GOVERNED, REASON_UNGOVERNED, .rule = "", .uid = 33 },
	{ "below min-uid, in a group", "www-data", "login", "seat", "", ACCESS_NOT_GOVERNED, REASON_UNGOVERNED, .rule = "", .uid = 33, .gid = STAFF },
	{ "below min-uid, but named", "postgres", "login", "seat", "", DENY, REASON_NO_RULE, .rule = "", .uid = 110 },
	{ "below min-uid, only excepted", "pepe", "login", "seat", "", ACCESS_NOT_GOVERNED, REASON_UNGOVERNED, .rule = "", .uid = 33 },
	{ "min-uid itself", "x", "login", "seat", "", DENY, REASON_NO_ROLE, .rule = "", .uid = 1000 },
	{ "one less", "x", "login", "seat", "", ACCESS_NOT_GOVERNED, REASON_UNGOVERNED, .rule = "", .uid = 999 },
	{ "a dynamic user", "x", "login", "seat", "", ACCESS_NOT_GOVERNED, REASON_UNGOVERNED, .rule = "", .uid = 61184 },
	{ "a greeter", "x", "login", "seat", "", ACCESS_NOT_GOVERNED, REASON_UNGOVERNED, .rule = "", .uid = 60578 },
	{ "nobody", "x", "login", "seat", "", ACCESS_NOT_GOVERNED, REASON_UNGOVERNED, .rule = "", .uid = 65534 },
	{ "a dynamic user, but named", "luis", "sudo", "seat", "", ALLOW, REASON_RULE, .rule = "sysadmin.2", .uid = 61184 },
	{ "a network account", "x", "login", "seat", "", DENY, REASON_NO_ROLE, .rule = "", .uid = 1234567890 },
	/* Break-glass. */
	{ "break-glass at its place", "rescue", "login", "seat", "2026-01-17T03:00", ALLOW, REASON_BREAK_GLASS, .rule = "" },
	{ "break-glass by any service", "rescue", "sshd", "10.20.9.10", "", ALLOW, REASON_BREAK_GLASS, .rule = "" },
	{ "break-glass, sudo", "rescue", "sudo", "seat seat", "", ALLOW, REASON_BREAK_GLASS, .rule = "" },
	{ "break-glass from elsewhere", "rescue", "sshd", "10.20.9.11", "", DENY, REASON_BREAK_GLASS_ORIGIN, .rule = "" },
	{ "break-glass, one login elsewhere", "rescue", "sudo", "seat 10.20.9.11", "", DENY, REASON_BREAK_GLASS_ORIGIN, .rule = "" },
	{ "break-glass from unknown", "rescue", "sshd", "", "", DENY, REASON_BREAK_GLASS_ORIGIN, .rule = "" },
	{ "break-glass in its own login", "rescue", "su", "", "", ALLOW, REASON_BREAK_GLASS, .rule = "", .own_login = true },
	{ "own login, another one elsewhere", "rescue", "su", "10.20.9.11", "", DENY, REASON_BREAK_GLASS_ORIGIN, .rule = "", .own_login = true },
	{ "own login is for elevation only", "rescue", "login", "", "", DENY, REASON_BREAK_GLASS_ORIGIN, .rule = "", .own_login = true },
	{ "own login of the governed", "luis", "sudo", "", "", DENY, REASON_NO_RULE, .rule = "", .own_login = true },
	{ "break-glass has jobs", "rescue", "cron", "jobs", "", ALLOW, REASON_BREAK_GLASS, .rule = "" },
	{ "break-glass has a user manager", "rescue", "systemd-user", "", "", ALLOW, REASON_BREAK_GLASS, .rule = "" },
	{ "break-glass below min-uid", "rescue", "sshd", "10.20.9.11", "", DENY, REASON_BREAK_GLASS_ORIGIN, .rule = "", .uid = 200 },
};

static const struct row root_rows[] = {
	{ "root at a serial line", "root", "login", "serial", "", ALLOW, REASON_ROOT_LOGIN, .rule = "" },
	{ "root from a named origin", "root", "sshd", "10.20.9.10", "", ALLOW, REASON_ROOT_LOGIN, .rule = "" },
	{ "root at the seat", "root", "login", "seat", "", DENY, REASON_ROOT_ORIGIN, .rule = "" },
	{ "root from elsewhere", "root", "sshd", "10.20.9.11", "", DENY, REASON_ROOT_ORIGIN, .rule = "" },
	{ "root from unknown", "root", "sshd", "", "", DENY, REASON_ROOT_ORIGIN, .rule = "" },
	{ "root asks sudo", "root", "sudo", "10.1.1.1", "", ALLOW, REASON_ROOT_ASKS, .rule = "" },
	{ "root asks su", "root", "su", "", "", ALLOW, REASON_ROOT_ASKS, .rule = "" },
	{ "root asks chsh", "root", "chsh", "", "", ALLOW, REASON_ROOT_ASKS, .rule = "" },
	{ "root's job", "root", "cron", "jobs", "", ALLOW, REASON_ROOT_ASKS, .rule = "" },
	{ "root's user manager", "root", "systemd-user", "", "", ALLOW, REASON_ROOT_ASKS, .rule = "" },
	{ "another name of uid 0", "luis", "sshd", "10.20.9.11", "", DENY, REASON_ROOT_ORIGIN, .rule = "" },
	{ "a break-glass name with uid 0", "rescue", "login", "seat", "", DENY, REASON_ROOT_ORIGIN, .rule = "" },
};
/* clang-format on */

#define ORIGINS_MAX 4

static size_t parse_origins(const char *text, struct origin origins[static ORIGINS_MAX])
{
	char word[ORIGIN_TEXT_MAX];
	size_t n = 0, length;

	for (; *text; text += length + (text[length] == ' ')) {
		length = strcspn(text, " ");
		assert_true(length < sizeof(word) && n < ORIGINS_MAX);
		memcpy(word, text, length);
		word[length] = '\0';
		assert_int_equal(origin_parse(word, &origins[n++]), 0);
	}
	return n;
}

static void judge(struct policy *policy, const struct row *row, uid_t uid,
		  struct access_verdict *ret)
{
	const struct access_account other = {
		.user = row->other,
		.groups = &row->other_gid,
		.n_groups = row->other_gid != 0,
	};
	struct origin origins[ORIGINS_MAX];
	struct access_request request = {
		.service = row->service,
		.uid = uid,
		.subject = { .user = row->user, .groups = &row->gid, .n_groups = row->gid != 0 },
		.others = &other,
		.n_others = row->other != NULL,
		.origins = origins,
		.own_login = row->own_login,
	};
	struct access_case *access = NULL;

	request.n_origins = parse_origins(row->from, origins);
	assert_int_equal(access_load(policy, &request, &access), 0);
	access_judge(access, fixture_time(row->at), row->met, ret);
	access_free(access);
}

static void check_row(const struct row *row, uid_t uid)
{
	struct access_verdict verdict;
	struct fixture fixture;
	char rule[MODEL_NAME_MAX + 16] = "";

	fixture_open(&fixture, office);
	judge(fixture.policy, row, uid, &verdict);
	assert_string_equal(access_reason_name(verdict.reason), access_reason_name(row->reason));
	assert_int_equal(verdict.enforced, row->outcome);
	assert_int_equal(verdict.outcome, row->outcome);
	assert_false(verdict.on_trial);
	assert_int_equal(verdict.conflict, row->reason == REASON_EXCLUSION);
	assert_int_equal(verdict.demands_open, verdict.demands & ~row->met);
	if (verdict.role[0])
		assert_true(snprintf(rule, sizeof(rule), "%s.%u", verdict.role, verdict.rule) > 0);
	assert_string_equal(rule, row->rule);
	if (row->outcome == ACCESS_ALLOW)
		assert_true(verdict.until == (row->until ? fixture_time(row->until) : TIME_NO_END));
	fixture_close(&fixture);
}

static void test_row(void **state)
{
	const struct row *row = *state;

	check_row(row, row->uid ? row->uid : USER_UID);
}

static void test_root(void **state)
{
	check_row(*state, ROOT_UID);
}

/* The line of the rule in the text, for messages and events; of the role where that is enough. */
static void test_line(void **state)
{
	static const struct row rule = {
		.user = "luis", .service = "sudo", .from = "seat", .at = ""
	};
	static const struct row role = {
		.user = "luis", .service = "cron", .from = "jobs", .at = ""
	};
	struct access_verdict verdict;
	struct fixture fixture;

	(void)state;
	fixture_open(&fixture, office);
	judge(fixture.policy, &rule, USER_UID, &verdict);
	assert_int_equal(verdict.line, 23);
	judge(fixture.policy, &role, USER_UID, &verdict);
	assert_int_equal(verdict.line, 19);
	assert_int_equal(verdict.rule, 0);
	fixture_close(&fixture);
}

/* clang-format off */
static const struct trial_row {
	const char *name, *observe, *user, *service, *from;
	uid_t uid;
	bool on_trial;
	enum access_outcome outcome, enforced;
} trial_rows[] = {
	{ "roles: would be refused", "roles", "zoe", "sshd", "10.1.1.1", 1500, true, ALLOW, DENY },
	{ "roles: would get in", "roles", "marta", "sshd", "10.1.1.1", 1500, false, ALLOW, ALLOW },
	{ "roles: a second factor is due", "roles", "luis", "sshd", "10.20.9.10", 1500, true, ALLOW, DENY },
	{ "roles: not for root", "roles", "root", "sshd", "10.1.1.1", 0, false, DENY, DENY },
	{ "roles: not for break-glass", "roles", "rescue", "sshd", "10.1.1.1", 1500, false, DENY, DENY },
	{ "roles: not governed stays so", "roles", "www-data", "sshd", "10.1.1.1", 33, false, ACCESS_NOT_GOVERNED, ACCESS_NOT_GOVERNED },
	{ "root: would be refused", "root", "root", "sshd", "10.1.1.1", 0, true, ALLOW, DENY },
	{ "root: not for roles", "root", "zoe", "sshd", "10.1.1.1", 1500, false, DENY, DENY },
	{ "accounts: would be refused", "accounts", "rescue", "sshd", "10.1.1.1", 1500, true, ALLOW, DENY },
	{ "accounts: not for roles", "accounts", "zoe", "sshd", "10.1.1.1", 1500, false, DENY, DENY },
	{ "all: roles", "all", "zoe", "sshd", "10.1.1.1", 1500, true, ALLOW, DENY },
	{ "all: root", "all", "root", "sshd", "10.1.1.1", 0, true, ALLOW, DENY },
};
/* clang-format on */

static void test_trial(void **state)
{
	const struct trial_row *row = *state;
	const struct row request = {
		.user = row->user, .service = row->service, .from = row->from, .at = ""
	};
	struct access_verdict verdict;
	struct fixture fixture;
	char *text = NULL;

	assert_true(asprintf(&text, "%sobserve: [%s]\n", office, row->observe) > 0);
	fixture_open(&fixture, text);
	judge(fixture.policy, &request, row->uid, &verdict);
	assert_int_equal(verdict.on_trial, row->on_trial);
	assert_int_equal(verdict.outcome, row->outcome);
	assert_int_equal(verdict.enforced, row->enforced);
	if (row->outcome == ACCESS_ALLOW) /* on trial nothing is ended either */
		assert_true(verdict.until == TIME_NO_END);
	fixture_close(&fixture);
	free(text);
}

/* Every reason has its own word and sentence. */
static void test_reasons(void **state)
{
	(void)state;
	for (unsigned a = REASON_RULE; a <= REASON_NO_POLICY; a++) {
		assert_non_null(access_reason_name(a));
		assert_non_null(access_reason_text(a));
		for (unsigned b = REASON_RULE; b < a; b++)
			assert_string_not_equal(access_reason_name(a), access_reason_name(b));
	}
}

int main(void)
{
	struct CMUnitTest
		tests[ARRAY_SIZE(rows) + ARRAY_SIZE(root_rows) + ARRAY_SIZE(trial_rows) + 2];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[n++] = (struct CMUnitTest){ rows[i].name, test_row, NULL, NULL,
						  (void *)(uintptr_t)&rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(root_rows); i++)
		tests[n++] = (struct CMUnitTest){ root_rows[i].name, test_root, NULL, NULL,
						  (void *)(uintptr_t)&root_rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(trial_rows); i++)
		tests[n++] = (struct CMUnitTest){ trial_rows[i].name, test_trial, NULL, NULL,
						  (void *)(uintptr_t)&trial_rows[i] };
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_line);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_reasons);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
