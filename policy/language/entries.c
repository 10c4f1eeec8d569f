/* SPDX-License-Identifier: MIT */
/* entries.c - find an entry of a model by its name. */
#include <sereno/model.h>

#include "lookup.h"

static ptrdiff_t find(const struct model *model, enum lookup_table table, const char *name)
{
	return model->lookup ? lookup_find(&model->lookup->table[table], name) : -1;
}

ptrdiff_t model_find_role(const struct model *model, const char *name)
{
	return find(model, LOOKUP_ROLES, name);
}

ptrdiff_t model_find_services(const struct model *model, const char *name)
{
	return find(model, LOOKUP_SERVICES, name);
}

ptrdiff_t model_find_hosts(const struct model *model, const char *name)
{
	return find(model, LOOKUP_HOSTS, name);
}
