/* SPDX-License-Identifier: MIT */
/*
 * departure.h - what is done on the day somebody leaves, step by step, after the register has said
 * from when on nothing is allowed to him (register.h).
 *
 * A table of steps, in the order in which they are taken. Each looks first and then takes away what
 * it finds, so that running it again finds what is left, or nothing; each can be tried without
 * changing anything. What it found is a list of lines in English: they are evidence, not talk.
 *
 * Everything below a home, and every file a user may write, is hostile: no link is followed, no
 * path resolved twice, sizes are bounded. With a root other than "" every step stays inside of that
 * tree: no process is looked at, no manager asked. Only for commands that run as root.
 */
#ifndef SERENO_DEPARTURE_H
#define SERENO_DEPARTURE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sereno/register.h>

#define FINDINGS_MAX	 100 /* lines of one step; what is more is counted */
#define FINDING_TEXT_MAX 512 /* bytes; what is longer is cut */

enum finding_kind {
	FOUND_DONE,   /* ended, taken away; by looking alone: would be */
	FOUND_NOTE,   /* worth knowing */
	FOUND_TO_DO,  /* people must see to it */
	FOUND_FAILED, /* is still there: run it again */
};
#define FINDING_KINDS 4

/* Texts hold names as they were found: escape them for a terminal. */
struct finding {
	enum finding_kind kind;
	char text[FINDING_TEXT_MAX];
};

struct findings {
	size_t n;
	size_t count[FINDING_KINDS]; /* also of those that had no room */
	struct finding item[FINDINGS_MAX];
};

/* The worst of what was found. */
enum step_result findings_result(const struct findings *findings);

struct leaver {
	const char *root; /* "" is the host */
	const char *user;
	uid_t uid; /* GRANTS_NO_UID: unknown */
	gid_t gid;
	const char *home;   /* absolute, "" unknown; below @root */
	const char *actor;  /* who does it: his own keys are nobody else's to take away */
	uint32_t departure; /* its number in the register; 0 by looking alone */
	int evidence;	    /* directory, root's alone; -1 by looking alone */
	int64_t now;	    /* UTC seconds */
};

enum departure_mode { DEPARTURE_LOOK, DEPARTURE_DO };

struct departure_step {
	const char *name;
	const char *sentence; /* what it takes away; English, for gettext */
	void (*run)(const struct leaver *leaver, enum departure_mode mode,
		    struct findings *findings);
	void (*undo)(const struct leaver *leaver, struct findings *findings); /* or NULL */
	const char *no_undo; /* why not, where it cannot; English, for gettext */
};

/* All steps, in order; *@ret_n is how many. */
const struct departure_step *departure_steps(size_t *ret_n);

/*
 * Make, or open, ROOT/var/lib/sereno/departures/USER-ID (root, 0700): a descriptor, the caller's.
 * *@ret_path, without @root, is the caller's, too. Returns it, -EPERM (others could have written
 * it) or a negative errno.
 */
int departure_evidence(const char *root, const char *user, uint32_t id, char **ret_path);

/* Put what was kept of departure @id of @user below @root where it is departure @to_id below
 * @to_root, on the same file system: the files have both names then. Nothing was kept: nothing is
 * put. Returns 0 or a negative errno. */
int departure_carry_evidence(const char *root, uint32_t id, const char *to_root, uint32_t to_id,
			     const char *user);

/* Keep others from starting a departure at the same time, for as long as the descriptor is open; it
 * waits for them. Returns it or a negative errno. */
int departure_lock(const char *root);

/* Put @text (@length bytes) into the place of file @name of the evidence, all or nothing, on disk.
 * Returns 0 or a negative errno. */
int departure_report(int evidence, const char *name, const char *text, size_t length);

#endif
