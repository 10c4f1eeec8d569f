/* SPDX-License-Identifier: MIT */
/* siblings.h - entries of one map or list that say the same twice. */
#ifndef SIBLINGS_H
#define SIBLINGS_H

#include <sereno/diag.h>

#include "tree.h"

/* A fault for each key of the map @node given before in it; its value becomes void, as does that
 * of a refused key (""). The cost stays n log n. Returns 0 or -ENOMEM. */
int siblings_check_keys(const struct node *node, struct diag_list *diags);

/* A warning for each value of the list @node given before in it, which becomes void. Returns 0
 * or -ENOMEM. */
int siblings_check_items(const struct node *node, struct diag_list *diags);

#endif
