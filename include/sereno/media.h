/* SPDX-License-Identifier: MIT */
/*
 * media.h - may who sits at this seat use this device, and how?
 *
 * Two steps, as in access.h. media_load() fetches what the policy in force and the register say
 * about one device: a fixed number of look-ups, no clock, however many rules there are.
 * media_judge() is a pure function of that, of who sits there and of the time. Rules about devices
 * name serial numbers: they stand in a file of their own that only root reads. Under the rules of
 * policy.h: libc alone, pread(2), no map, no state; one thread at a time per object.
 *
 * What counts, never the order in the file: 1. what is malformed is denied; 2. a rule that denies;
 * 3. one that says it is another that is in use is denied; interfaces that do not belong together
 * are, unless a rule without kind names the device by serial; 4. the closest rule that fits:
 * serial, product, vendor, kind; of equals the one that gives more; 5. built-in; 6. the word for
 * the kind;
 * 7. a grant of the register, where it gives more. 4 to 7 are asked for each kind of interface that
 * the device has; the least that one of them gets is what the device gets. Nobody there, or the
 * screen locked for what is new: of 4 to 7 storage, optical media, phones and debug bridges get
 * only what a rule with the role system gives.
 */
#ifndef SERENO_MEDIA_H
#define SERENO_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sereno/grants.h>
#include <sereno/model.h>
#include <sereno/policy.h>
#include <sereno/role_terms.h>

#define DEVICE_SERIAL_MAX    126		     /* units of a USB string descriptor */
#define DEVICE_TEXT_MAX	     (3 * DEVICE_SERIAL_MAX) /* bytes, as UTF-8 */
#define DEVICE_IDENTITY_SIZE 32			     /* bytes, SHA-256 */

/* What an interface can do to the host. The numbers are written to files: never changed. */
enum device_kind {
	KIND_HUB = 0,
	KIND_KEYBOARD = 1, /* and every other class that may type: HID that is not a boot mouse */
	KIND_POINTER = 2,
	KIND_STORAGE = 3,
	KIND_OPTICAL = 4,
	KIND_PHONE = 5, /* MTP, PTP */
	KIND_DEBUG = 6, /* a debug bridge, as Android's */
	KIND_NETWORK = 7,
	KIND_SERIAL = 8,
	KIND_AUDIO = 9,
	KIND_VIDEO = 10,
	KIND_PRINTER = 11,
	KIND_SMART_CARD = 12,
	KIND_VENDOR = 13, /* vendor-specific: it could be anything */
	KIND_OTHER = 14,  /* any other class: "unlisted", to a policy as `unknown` as a vendor's */
	DEVICE_KINDS,
};

/* A word for logs and people: "smart-card"; static. And back: the kind, or -1. A policy knows these
 * words and its own for several kinds at once: input, phone (with debug), unknown, other. */
const char *device_kind_name(enum device_kind kind);
int device_kind_find(const char *name);

/* Which of the policy's words decides for @kind where no rule does, and the word: static. */
enum media_word media_word_of(enum device_kind kind);
const char *media_word_name(enum media_word word);

/* The kinds that @word stands for in a rule: 1u << enum device_kind each; 0: it is no such word. */
unsigned device_kinds_named(const char *word);

/* Whether a serial number tells nothing by itself: shorter than 4 bytes, longer than
 * DEVICE_TEXT_MAX, one byte over and over, not printable ASCII, a row as 0123456789ABCDEF. A rule
 * may not name one. See device_serial_is_weak(). */
bool serial_is_weak(const char *serial);

enum device_bus { BUS_USB, BUS_MMC, BUS_OPTICAL, BUS_DISK }; /* BUS_DISK: eSATA and the like */

/* A device as a decision sees it. */
struct device_facts {
	enum device_bus bus;
	bool malformed;	 /* its descriptors contradict themselves, or could not all be read */
	unsigned kinds;	 /* 1u << enum device_kind, of every alternate setting of every
			    configuration; 0 only where malformed */
	bool suspicious; /* see device_is_suspicious() */
	bool has_ids;	 /* @vendor and @product */
	uint16_t vendor, product;
	/* Raw bytes, terminated; "" where there is none, or none that tells one device from
	 * another. */
	char serial[DEVICE_TEXT_MAX + 1];
	bool built_in; /* on a port that the firmware calls fixed */
	bool twin;     /* another device of this identity is in use now */
	bool in_use;   /* it was let in before and is at work: not new */
	uint8_t identity[DEVICE_IDENTITY_SIZE];
};

/* What is given, from the least to the most. Anything but storage and optical knows deny and
 * read-write alone; the policy calls the latter allow. */
enum media_access { MEDIA_DENY, MEDIA_ENCRYPTED, MEDIA_READ_ONLY, MEDIA_READ_WRITE };

/* "deny", "encrypted", "read-only", "read-write"; static. */
const char *media_access_name(enum media_access access);

/* Who sits at the seat. */
struct media_subject {
	bool present;	  /* else all below counts for nothing: a holder of no role */
	bool locked;	  /* the session at the seat is locked */
	const char *user; /* his name */
	uid_t uid;
	const char *const *roles; /* that he holds now, by name */
	size_t n_roles;
};

enum media_reason {
	MEDIA_BY_RULE,	    /* see rule and line */
	MEDIA_BY_GRANT,	    /* see grant */
	MEDIA_BY_WORD,	    /* the word for the kind */
	MEDIA_IS_BUILT_IN,  /* media.built-in, whatever its kind */
	MEDIA_IS_MALFORMED, /* denied, as the following */
	MEDIA_IS_SUSPICIOUS,
	MEDIA_IS_TWIN,
	MEDIA_NOBODY_THERE, /* a medium, and no rule with the role system */
	MEDIA_IS_LOCKED,    /* a medium that is new, behind a locked screen */
	MEDIA_NO_POLICY,    /* no usable policy: hubs, keyboards and mice only */
	MEDIA_NO_BLOCK,	    /* the policy has no media: block; all is allowed */
};

/* A word for logs and a sentence for people, in English; static. */
const char *media_reason_name(enum media_reason reason);
const char *media_reason_text(enum media_reason reason);

struct media_verdict {
	enum media_access access;   /* what happens: with observe it may be more than @enforced */
	enum media_access enforced; /* what the policy alone says */
	bool on_trial;		    /* observe: they differ */
	enum media_reason reason;   /* of @enforced */
	enum device_kind kind;	    /* that decided, by rule or word */
	char rule[MODEL_NAME_MAX + 1];
	uint32_t line;	/* of the rule or the word in the policy's text; 0: a default */
	uint32_t grant; /* in the register */
	int64_t until;	/* UTC seconds: it may be another one from then on; TIME_NO_END */
};

struct media_case;

/*
 * Fetch what @policy says about @device. Below @root ("" is the host) the rules are read from the
 * generation that @policy was opened from, and what was granted from what the register published;
 * both are opened at the first call, and then the handle's: who waits for a change opens it anew.
 * *@ret is released with media_free() and borrows nothing. Returns 0; -EBADMSG (damaged: judge by
 * media_judge_without_policy()), -EACCES (not root), -ENOMEM or a read error.
 */
int media_load(struct policy *policy, const char *root, const struct device_facts *device,
	       struct media_case **ret);
void media_free(struct media_case *media);
void media_free_p(struct media_case **media); /* for scoped() */

/* Decide at @now, UTC seconds. @device is what media_load() was asked about; its twin and in_use
 * may have changed since. */
void media_judge(const struct media_case *media, const struct device_facts *device,
		 const struct media_subject *subject, int64_t now, struct media_verdict *ret);

/* The same where no policy can be used: pure hubs, keyboards and mice alone. */
void media_judge_without_policy(const struct device_facts *device, struct media_verdict *ret);

/* What the block says besides. */
enum media_on_lock { MEDIA_LOCK_DENY_NEW, MEDIA_LOCK_KEEP };
#define MEDIA_NOEXEC (1u << 0)
#define MEDIA_NOSUID (1u << 1)
#define MEDIA_NODEV  (1u << 2)

struct media_rules {
	bool given;   /* the policy has a media: block */
	bool observe; /* it is on trial */
	unsigned mount_options;
	enum media_on_lock on_lock;
};

/* Cannot fail: it was read, with its checksum, when the handle was opened. */
void policy_media(const struct policy *policy, struct media_rules *ret);

/* Who answers requests for devices: a holder of one of @ret->names, or, where @ret->each, one
 * holder of each. Returns 0, -ENOENT (nobody: there are no requests), -EBADMSG, -ENOMEM or a read
 * error. */
struct media_approvers {
	bool each;
	struct role_names names;
};
int policy_media_approvers(struct policy *policy, struct media_approvers *ret);

#endif
