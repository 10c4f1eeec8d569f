/* SPDX-License-Identifier: MIT */
/*
 * model.h - a policy as it was written: read, typed and checked, with the place of each thing.
 *
 * For commands (admin/) and the compiler; never for modules, which read the compiled form by
 * policy.h. A model does not change after model_read().
 */
#ifndef SERENO_MODEL_H
#define SERENO_MODEL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <sereno/calendar.h>
#include <sereno/diag.h>
#include <sereno/limits.h>
#include <sereno/origin.h>

#define MODEL_MAX_BYTES (16u << 20) /* of text */
#define MODEL_MAX_DEPTH 16
/* Bytes of a role's, an origin's ... name; user and group names have up to 255. */
#define MODEL_NAME_MAX	64

/* Every string of a model is NUL-terminated, owned by the model, valid until model_free(). */
struct name {
	const char *text;
	struct mark at;
};

struct names {
	size_t n;
	struct name *item;
};

enum from_kind { FROM_ANYWHERE, FROM_SEAT, FROM_SERIAL, FROM_JOBS, FROM_PREFIX, FROM_NAME };

/* One entry of a from: list. */
struct from {
	enum from_kind kind;
	struct mark at;
	const char *text;     /* as written */
	struct prefix prefix; /* FROM_PREFIX */
	size_t origin;	      /* FROM_NAME: index into model.origins */
};

struct from_list {
	size_t n;
	struct from *item;
};

/* An entry of origins: a name for networks, addresses and lines; never for other names. */
struct named_origin {
	struct name name;
	struct from_list elements; /* FROM_PREFIX, FROM_SEAT, FROM_SERIAL, FROM_JOBS */
};

/* An entry of hosts: (patterns) or services: (PAM service names). */
struct named_list {
	struct name name;
	struct names elements;
};

struct named_times {
	struct name name;
	struct calendar calendar;
};

/* From @since, @until excluded, UTC; TIME_NO_START and TIME_NO_END where not given. */
struct validity {
	int64_t since, until;
};

static inline bool validity_is_empty(const struct validity *valid)
{
	return valid->since != TIME_NO_START && valid->until != TIME_NO_END &&
	       valid->since >= valid->until;
}

static inline bool validity_holds(const struct validity *valid, int64_t now)
{
	return valid->since <= now && now < valid->until;
}

struct rule {
	struct mark at;
	uint32_t number;       /* from 1 within its role; a rule's id is ROLE.NUMBER */
	struct names services; /* as written: names of services: or PAM services */
	struct from_list from;
	struct names hours;	  /* as written, for messages; n = 0 is always */
	struct calendar calendar; /* their union; unused when hours.n = 0 */
	struct names hosts;	  /* as written: names of hosts:, or patterns; n = 0 is all */
	bool second_factor;
	struct validity valid;
};

/* The keys of password:, in the order of its key table. */
enum password_key {
	PASSWORD_MIN_LENGTH,
	PASSWORD_MIN_CLASSES,
	PASSWORD_MAX_REPEAT,
	PASSWORD_DIFFERS_BY,
	PASSWORD_NOT_CONTAINING,
	PASSWORD_DICTIONARY,
	PASSWORD_BLOCKLIST,
	PASSWORD_HISTORY,
	PASSWORD_MIN_AGE,
	PASSWORD_MAX_AGE,
	PASSWORD_WARN_BEFORE,
	PASSWORD_KEYS,
};

/* A block password:, of the policy or of a role. What a role leaves out asks for nothing more. */
struct password_block {
	struct mark at;			   /* line 0 when not written */
	struct mark key_at[PASSWORD_KEYS]; /* of the values; line 0 where one was left out,
					      column 0 where it is faulty */
	uint32_t min_length, min_classes, max_repeat, differs_by, history;
	bool dictionary;
	uint64_t min_age_sec, max_age_sec, warn_before_sec;
	const char *blocklist; /* absolute path; NULL for none */
	struct names not_containing;
};

enum attempts_key {
	ATTEMPTS_ALLOW,
	ATTEMPTS_WITHIN,
	ATTEMPTS_THEN,
	ATTEMPTS_ALLOW_PER_USER,
	ATTEMPTS_KEYS
};
enum then_key { THEN_KEY_DELAY, THEN_KEY_DOUBLING_TO, THEN_KEY_LOCK, THEN_KEYS };

/* The block attempts: as written; attempts_block.limits is what it comes to. */
struct attempts_block {
	struct mark at, then_at; /* line 0 when not written */
	struct mark key_at[ATTEMPTS_KEYS], then_key_at[THEN_KEYS];
	uint32_t allow, allow_per_user;
	uint64_t within_sec, delay_sec, doubling_to_sec;
	uint64_t lock_sec; /* 0: until unlocked, where lock is given */
	struct attempt_limits limits;
};

enum totp_key { TOTP_DIGITS, TOTP_PERIOD, TOTP_ALGORITHM, TOTP_WINDOW, TOTP_ISSUER, TOTP_KEYS };
enum second_factor_key {
	SECOND_FACTOR_TOTP,
	SECOND_FACTOR_RECOVERY_CODES,
	SECOND_FACTOR_ENROL,
	SECOND_FACTOR_ENROL_WITHIN,
	SECOND_FACTOR_REMEMBER,
	SECOND_FACTOR_KEYS,
};

/* The block second-factor: as written; second_factor_block.rules is what it comes to, also where
 * it is left out. */
struct second_factor_block {
	struct mark at, totp_at; /* line 0 when not written */
	struct mark key_at[SECOND_FACTOR_KEYS], totp_key_at[TOTP_KEYS];
	uint32_t digits, algorithm, window, recovery_codes;
	uint32_t enrol; /* enum enrolment_way */
	uint64_t period_sec, enrol_within_sec;
	uint64_t remember_sec;		  /* 0: never, where remember is given */
	const char *issuer;		  /* NULL when not given */
	struct second_factor_rules rules; /* issuer "": the name of the host */
};

/* The block session: as written. */
enum session_key { SESSION_WHEN_ACCESS_ENDS, SESSION_KEYS };
struct session_block {
	struct mark at; /* line 0 when not written */
	struct mark key_at[SESSION_KEYS];
	uint32_t when_access_ends; /* enum access_end */
};

/* The words of media: for kinds of devices, in the order of its keys. */
enum media_word {
	MEDIA_WORD_STORAGE,
	MEDIA_WORD_OPTICAL,
	MEDIA_WORD_PHONE,
	MEDIA_WORD_NETWORK,
	MEDIA_WORD_SERIAL,
	MEDIA_WORD_UNKNOWN,
	MEDIA_WORD_INPUT,
	MEDIA_WORD_OTHER,
	MEDIA_WORD_BUILT_IN,
	MEDIA_WORDS,
};

/* The keys of media:, those words first. */
enum media_key {
	MEDIA_KEY_MOUNT_OPTIONS = MEDIA_WORDS,
	MEDIA_KEY_ON_LOCK,
	MEDIA_KEY_REQUESTS,
	MEDIA_KEY_RULES,
	MEDIA_KEYS
};

/* The block requests: of media:. */
struct media_requests_block {
	struct mark at;				    /* line 0 when not written */
	struct names approved_by, approved_by_each; /* names of roles, each known to exist */
};

enum device_key {
	DEVICE_KEY_VENDOR,
	DEVICE_KEY_PRODUCT,
	DEVICE_KEY_SERIAL,
	DEVICE_KEY_KIND,
	DEVICE_KEYS
};

/* The block device: of a rule of media:. What is not written fits any. */
struct device_block {
	struct mark at;
	struct mark key_at[DEVICE_KEYS]; /* as in password_block */
	uint32_t vendor, product;	 /* 16 bits */
	struct names serials;
	const char *kind; /* as written */
};

/* The words of access: in a rule of media:. */
enum device_rule_access {
	DEVICE_RULE_DENY,
	DEVICE_RULE_ENCRYPTED,
	DEVICE_RULE_READ_ONLY,
	DEVICE_RULE_READ_WRITE,
	DEVICE_RULE_ALLOW,
};

enum device_rule_key {
	DEVICE_RULE_KEY_NAME,
	DEVICE_RULE_KEY_DEVICE,
	DEVICE_RULE_KEY_ROLES,
	DEVICE_RULE_KEY_SINCE,
	DEVICE_RULE_KEY_UNTIL,
	DEVICE_RULE_KEY_HOSTS,
	DEVICE_RULE_KEY_ACCESS,
	DEVICE_RULE_KEYS
};

/* A rule of media:. */
struct device_rule {
	struct mark at;
	struct mark key_at[DEVICE_RULE_KEYS]; /* as in password_block */
	struct name name;
	struct device_block device;
	struct names roles; /* n = 0: whoever sits there; beside roles that are known, "system" */
	struct names hosts; /* as in struct rule */
	struct validity valid;
	uint32_t access; /* enum device_rule_access */
};

/* The block media: as written. */
struct media_block {
	struct mark at; /* line 0 when not written */
	struct mark key_at[MEDIA_KEYS];
	uint32_t word[MEDIA_WORDS]; /* enum media_access of storage and optical; else 1 to allow */
	unsigned mount_options;	    /* MEDIA_NOEXEC and the like of media.h */
	uint32_t on_lock;	    /* enum media_on_lock */
	struct media_requests_block requests;
	size_t n_rules;
	struct device_rule *rules;
};

#define APPROVERS_MAX 5

/* The block on-request: of a role. */
struct on_request_block {
	struct mark at;		      /* line 0 when not written */
	struct names by, approved_by; /* names of roles, each known to exist */
	uint64_t at_most_sec;
	uint32_t approvers; /* from 1 */
};

struct role {
	struct name name;
	struct name owner; /* text NULL when not given */
	struct names members, members_of, except;
	struct names excludes; /* names of roles, each known to exist; sorted by text */
	struct validity valid;
	bool unattended;
	struct names gives_groups; /* Unix groups that are there, or are ours to make */
	bool privileged;	   /* they may be as good as root */
	struct on_request_block on_request;
	struct names knows; /* shared secrets */
	struct password_block password;
	size_t n_rules;
	struct rule *rules;
};

struct person {
	struct name name;
	struct names accounts;
};

enum observe {
	OBSERVE_ROLES = 1 << 0,
	OBSERVE_ROOT = 1 << 1,
	OBSERVE_ACCOUNTS = 1 << 2,
	OBSERVE_ATTEMPTS = 1 << 3,	/* counted and recorded, nobody waits */
	OBSERVE_PASSWORD = 1 << 4,	/* judged and recorded, nothing refused, no age enforced */
	OBSERVE_SECOND_FACTOR = 1 << 5, /* noted that one is due, nobody is asked or refused */
	OBSERVE_MEDIA = 1 << 6,		/* judged and recorded, every device is let in */
	OBSERVE_ALL = 127,
};

struct document {
	struct mark at;					    /* line 0 when not written */
	const char *title, *organisation, *version, *owner; /* NULL when not given */
	bool has_reviewed;
	struct civil reviewed;
	uint64_t review_every_sec; /* 0 when not given */
};

struct model {
	struct document document;
	unsigned observe;     /* enum observe */
	const char *timezone; /* NULL: the host's own */
	struct zone zone;     /* loaded by model_read() */

	size_t n_origins, n_hosts, n_services, n_times, n_roles, n_persons;
	struct named_origin *origins;
	struct named_list *hosts, *services;
	struct named_times *times;
	struct role *roles;
	struct person *persons;

	uint32_t min_uid; /* default 1000 */
	struct names break_glass;
	struct from_list break_glass_from;		  /* default seat and serial */
	struct from_list direct_login;			  /* default seat and serial */
	struct mark root_at, break_glass_at, accounts_at; /* line 0 when not written */
	uint32_t min_administrators;			  /* default 1 */
	uint64_t inactive_after_sec;			  /* 0 when not given */
	struct password_block password;			  /* at line 0: nothing is asked for */
	struct attempts_block attempts;			  /* at line 0: nothing is counted */
	struct second_factor_block second_factor;
	struct session_block session;
	struct media_block media; /* at line 0: devices are not looked at */
	struct mark approvals_at; /* line 0 when not written */
	uint64_t by_request_sec;  /* a request waits so long for an answer */

	const struct tree *tree;     /* the text as scanned, for model_flatten() */
	const struct lookup *lookup; /* of names, for model_find_*(); NULL finds none */
	struct arena *arena;	     /* owns everything above */
};

/*
 * Read and check the policy in @text (@length bytes, any bytes). @root ("" is the host) is where
 * the time zone is looked up, @now is when. Every fault and warning is added to @diags, sorted by
 * place. On success (no fault) *@ret is a new model. Returns 0, -EINVAL (see @diags) or -ENOMEM.
 */
int model_read(const char *root, const char *text, size_t length, int64_t now, struct model **ret,
	       struct diag_list *diags);

/* Release; NULL is allowed. */
void model_free(struct model *model);

/*
 * Read the file @path whole into memory, terminated by a NUL that is not counted. Refuses what
 * others could have written: not a plain file (a symlink, FIFO, directory), an owner other than
 * root or the caller, group- or world-writable, or so for a directory above it (sticky ones
 * excepted); the reason is added to
 * @diags. On success *@ret is the caller's, released with free(). Returns 0, -ENOENT, -EPERM
 * (unsafe, see @diags), -EFBIG (over MODEL_MAX_BYTES, see @diags), -ENOMEM or another negative
 * errno.
 */
int model_read_file(const char *path, char **ret, size_t *ret_length, struct diag_list *diags);

/*
 * The policy as lines "PATH: VALUE" in the order of the text, for comparing two of them: one line
 * per value, "roles.employee.allow[1].from: office". Items of a list share a path; rules count
 * from 1; what is empty is one line with [] or {}. *@ret is one block of memory, the caller's,
 * released with free(). Returns 0 or -ENOMEM.
 */
int model_flatten(const struct model *model, char ***ret, size_t *ret_n);

/* The index of an entry by name, or -1. Case matters. O(log n). */
ptrdiff_t model_find_role(const struct model *model, const char *name);
ptrdiff_t model_find_services(const struct model *model, const char *name);
ptrdiff_t model_find_hosts(const struct model *model, const char *name);

/* Whether rule @rule is for service @service (a PAM service name, canonical or not). */
bool model_rule_has_service(const struct model *model, const struct rule *rule,
			    const char *service);

/* Whether @list has @origin in it. */
bool model_from_fits(const struct model *model, const struct from_list *list,
		     const struct origin *origin);

/* Whether some origin lies in both lists, of a kind in @kinds: 1u << enum origin_kind each. */
#define ORIGINS_ALL UINT_MAX
bool model_from_overlaps(const struct model *model, const struct from_list *a,
			 const struct from_list *b, unsigned kinds);

/* Whether rule @rule holds on the host called @host (its node name; a pattern without a dot is
 * compared with the first label as well). Case does not matter (RFC 4343). */
bool model_rule_has_host(const struct model *model, const struct rule *rule, const char *host);

/* The same for a hosts: list; an empty one is all hosts. */
bool model_hosts_fit(const struct model *model, const struct names *hosts, const char *host);

/* Write the JSON Schema (draft 2020-12) of the policy file, made from the key table, to @out. */
void model_write_schema(FILE *out);

/* Write the table of keys as man page source (man(7)), made from the key table, to @out. */
void model_write_man(FILE *out);

#endif
