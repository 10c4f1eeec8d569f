/* SPDX-License-Identifier: MIT */
/* model.c - fuzz the reader of policy texts. */
#include <stdlib.h>

#include <sereno/model.h>
#include <sereno/scoped.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diag_list diags = { 0 };
	struct model *model = NULL;
	scoped_free char **lines = NULL;
	size_t n;
	const int r = model_read("", (const char *)data, size, 1772000000, &model, &diags);

	if ((r == 0) != (model != NULL) || (r == 0 && diags.faults) || (r < 0 && !diags.faults))
		abort();
	if (model && model_flatten(model, &lines, &n) < 0)
		abort();
	model_free(model);
	diag_clear(&diags);
	return 0;
}
