/* SPDX-License-Identifier: MIT */
/* compilation.c - what each step of the compiler adds goes through here. */
#include "compile.h"

void compile_add(struct compilation *compilation, enum table table, const struct table_key *key)
{
	multimap_add(&compilation->tables[table], key->byte, key->length, &compilation->item);
}
