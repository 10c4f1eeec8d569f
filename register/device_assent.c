/* SPDX-License-Identifier: MIT */
/* device_assent.c - whether those who said yes are all that the policy wants. */
#include <stdint.h>
#include <string.h>

#include "device_assent.h"

#define NOBODY REGISTER_APPROVALS_MAX
#define NONE   ROLE_NAMES_MAX

/* A matching of roles and people, which grows by one role at a time. */
struct matching {
	const struct assent *assent;
	size_t person_of[ROLE_NAMES_MAX];
	size_t role_of[REGISTER_APPROVALS_MAX];
	size_t reached_by[REGISTER_APPROVALS_MAX]; /* the role that wants him; NONE: not reached */
};

/* Give @person to the role that wants him, whose own goes to the one before, and so on. */
static void hand_on(struct matching *matching, size_t person)
{
	while (person != NOBODY) {
		const size_t role = matching->reached_by[person];
		const size_t before = matching->person_of[role];

		matching->person_of[role] = person;
		matching->role_of[person] = role;
		person = before;
	}
}

/* Find somebody for @role, moving others where that helps. Breadth first: @queue are roles that
 * look for somebody, each at most once. */
static bool find_person(struct matching *matching, size_t role)
{
	size_t queue[ROLE_NAMES_MAX], length = 1;

	queue[0] = role;
	for (size_t i = 0; i < matching->assent->n; i++)
		matching->reached_by[i] = NONE;
	for (size_t at = 0; at < length; at++)
		for (size_t i = 0; i < matching->assent->n; i++) {
			if (matching->reached_by[i] != NONE ||
			    !(matching->assent->held[i] & UINT64_C(1) << queue[at]))
				continue;
			matching->reached_by[i] = queue[at];
			if (matching->role_of[i] == NONE) {
				hand_on(matching, i);
				return true;
			}
			queue[length++] = matching->role_of[i];
		}
	return false;
}

bool assent_covers_each(const struct assent *assent, size_t n_roles)
{
	struct matching matching = { .assent = assent };

	if (n_roles == 0 || n_roles > ROLE_NAMES_MAX || assent->n > REGISTER_APPROVALS_MAX)
		return false;
	for (size_t i = 0; i < ROLE_NAMES_MAX; i++)
		matching.person_of[i] = NOBODY;
	for (size_t i = 0; i < REGISTER_APPROVALS_MAX; i++)
		matching.role_of[i] = NONE;
	for (size_t role = 0; role < n_roles; role++)
		if (!find_person(&matching, role))
			return false;
	return true;
}
