/* SPDX-License-Identifier: MIT */
/*
 * losses.h - who would lose what if one policy took the place of another.
 *
 * Worked out once for each pair of role sets, old and new, so that the cost grows with the users
 * and not with users times rules.
 */
#ifndef ADMIN_LOSSES_H
#define ADMIN_LOSSES_H

#include "rights.h"

enum loss_kind {
	LOSS_RIGHT,	  /* one right: see change */
	LOSS_EVERYTHING,  /* holds no role any more, or never did and is governed now */
	LOSS_BREAK_GLASS, /* is no break-glass account any more; CHANGE_GONE: and holds no role */
	LOSS_ROOT,	  /* root's direct login from a place */
};

struct loss {
	enum loss_kind kind;
	const char *user;
	const char *service, *from; /* LOSS_RIGHT; LOSS_ROOT has the latter */
	enum change change;
	const char *role; /* by which he had it, or NULL */
	uint32_t rule;
};

struct regime {
	const struct model *model; /* NULL: nothing was in force */
	const struct holders *holders;
};

/* Told of the @n losses of one user; their member user is not filled in. */
typedef int losses_visit(void *context, const char *user, const struct loss *loss, size_t n);

/*
 * Call @visit for each user who loses something, with all of it: the same (service, from) once,
 * the worst. Those who share their roles share the array, so that a visitor may count without
 * looking. Returns 0, -ENOMEM or the first negative result of @visit.
 */
int losses_find(const struct regime *old, const struct regime *new, const struct people *people,
		const char *host, int64_t now, losses_visit *visit, void *context);

#endif
