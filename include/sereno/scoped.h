/* SPDX-License-Identifier: MIT */
/*
 * scoped.h - scope-bound release: the one cleanup idiom of the project.
 *
 * An owner is initialised in its declaration and released when the scope ends; take() passes
 * ownership on. Any room may include this header; it is the only one with code in it.
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

/* Yield an owner's value and leave @none behind: return take(fd, -1); */
#define take(owner, none)                           \
	({                                          \
		__typeof__(owner) taken_ = (owner); \
		(owner) = (none);                   \
		taken_;                             \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Marks what a module hands to its host; everything else stays hidden. */
#define EXPORT __attribute__((visibility("default")))

/* Close a descriptor that is not -1. errno is kept: a failing path reports its own cause. */
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

/* -errno, never 0: reader and compiler may both trust "r < 0". */
static inline int neg_errno(void)
{
	return errno > 0 ? -errno : -EIO;
}

#endif
