/* SPDX-License-Identifier: MIT */
/*
 * descriptors.c - fuzzer of what USB devices say of themselves, beside the kernel's own reading.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/device.h>
#include <sereno/scoped.h>

#include "kernel_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_seen(const struct device_descriptors *seen)
{
	assert(seen->n_settings > 0 && seen->n_settings <= DEVICE_SETTINGS_MAX);
	assert(seen->n_configurations > 0 && seen->n_configurations <= DEVICE_CONFIGS_MAX);
	assert(descriptors_kinds(seen) > 0 && descriptors_kinds(seen) < 1u << DEVICE_KINDS);
}

/* What the kernel makes of a device that answers so must be no more than what we see in its file.
 */
static void compare(const uint8_t *data, size_t size)
{
	scoped_free struct kernel_view *view = malloc(sizeof(*view));
	struct device_descriptors seen;

	if (!view || !kernel_read(data, size, view))
		return;
	if (descriptors_parse(view->file, view->length, &seen) < 0)
		return;
	check_seen(&seen);
	assert(kernel_view_is_seen(view, &seen));
	assert(seen.n_settings == view->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_free uint8_t *file = malloc(size ? size : 1); /* exact, as in origin.c */
	struct device_descriptors seen;

	if (!file)
		return 0;
	if (size > 0)
		memcpy(file, data, size);
	if (descriptors_parse(file, size, &seen) == 0)
		check_seen(&seen);
	compare(data, size);
	return 0;
}
