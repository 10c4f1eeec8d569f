/* SPDX-License-Identifier: MIT */
/* scan.h - from text to tree: the strict subset of YAML that a policy may use. */
#ifndef SCAN_H
#define SCAN_H

#include <stddef.h>

#include <sereno/diag.h>

#include "arena.h"
#include "tree.h"

/*
 * Scan @text, which passed text_check(). Anchors, aliases, tags, merge keys, directives, a second
 * document, block scalars, empty values, keys given twice ... are faults; scanning goes on behind
 * them where it can. *@ret lives in @arena. Returns 0 with a whole tree, even if there were
 * faults, -EINVAL when there is none (see @diags), or -ENOMEM.
 */
int scan_text(struct arena *arena, const char *text, size_t length, struct tree **ret,
	      struct diag_list *diags);

#endif
