/* SPDX-License-Identifier: MIT */
/*
 * watching.h - whether the watcher of seats is at work: what is in use is then its to take.
 *
 * It unmounts first, and gives who is there some time; udev's program can do neither. A lock of
 * fcntl(2), which ends with the process that has it and is not its children's.
 */
#ifndef SERENO_MEDIA_WATCHING_H
#define SERENO_MEDIA_WATCHING_H

#include <stdbool.h>

/* From here on until *@ret is closed. Opening the file elsewhere in the same process and closing it
 * would end it, too. Returns 0, -EBUSY (another one is at work) or a negative errno. */
int watching_begin(const char *root, int *ret);

/* By another process. What cannot be told counts as not. */
bool watching_is_on(const char *root);

#endif
