/* SPDX-License-Identifier: MIT */
/* seat_again.c - whoever opens or closes a session tells the watcher of seats. */
#include <fcntl.h>

#include <sereno/scoped.h>
#include <sereno/seat.h>

#include "run_record.h"

/* It is made by who waits for it: elsewhere nothing is left behind. Opened for writing and closed
 * is what is noticed. */
int seat_look_again(const char *root)
{
	scoped_fd int directory = run_directory_open(root, "seats");
	scoped_fd int fd = -1;

	if (directory < 0)
		return directory;
	fd = openat(directory, SEAT_AGAIN,
		    O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? neg_errno() : 0;
}
