/* SPDX-License-Identifier: MIT */
/*
 * scoped.h - what a variable holds is given back when the variable goes.
 *
 * Whoever declares such a variable gives it a value there and then; take() moves the value out of
 * it, so that it outlives the block. For every room; no other header defines functions.
 */
#ifndef SERENO_SCOPED_H
#define SERENO_SCOPED_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define scoped(fn)  __attribute__((cleanup(fn)))
#define scoped_fd   scoped(close_p)
#define scoped_free scoped(free_p)
#define scoped_file scoped(fclose_p)

/* The value of @owner, which holds @none from then on: return take(fd, -1); */
#define take(owner, none)                           \
	({                                          \
		__typeof__(owner) taken_ = (owner); \
		(owner) = (none);                   \
		taken_;                             \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A symbol that libpam looks up in a module. All others are invisible outside of it. */
#define EXPORT __attribute__((visibility("default")))

/* -1 is no descriptor. The errno of what failed before is still the one to report. */
static inline void close_p(int *fd)
{
	const int saved = errno;

	if (*fd >= 0)
		(void)close(*fd); /* what was written through it was checked before */
	errno = saved;
}

static inline void free_p(void *owner)
{
	free(*(void **)owner);
}

static inline void fclose_p(FILE **file)
{
	if (*file)
		(void)fclose(*file); /* read streams; writers close and look at the result */
}

/* For after a call that failed: negative even if that call forgot to set errno. */
static inline int neg_errno(void)
{
	return errno > 0 ? -errno : -EIO;
}

#endif
