/* SPDX-License-Identifier: MIT */
/*
 * run_record.h - small records below /run/sereno, each a file that is replaced whole.
 *
 * For room state/ only. A record begins with a magic of 8 bytes and a checksum over the rest: who
 * could forge one is root. Written in the order of this machine's bytes: /run does not outlive the
 * running kernel.
 */
#ifndef STATE_RUN_RECORD_H
#define STATE_RUN_RECORD_H

#include <stddef.h>
#include <stdint.h>

struct run_record_head {
	uint8_t magic[8];
	uint64_t checksum; /* over all that follows */
};

/* Open ROOT/run/sereno/@name, which only root may look into. Returns its descriptor, -EPERM (others
 * could write it) or what open(2) reported. */
int run_directory_open(const char *root, const char *name);

/* The same; it is made where it is not there. */
int run_directory_make(const char *root, const char *name);

/* Read the record in file @name, of exactly @size bytes, its head included. Returns 0, -EBADMSG
 * (another size, magic or checksum), -EPERM or what openat(2) or read(2) reported. */
int run_record_read(int directory, const char *name, const char *magic, void *record, size_t size);

/* Put it there, or in the place of an older one. Fills in the head. */
int run_record_replace(int directory, const char *name, const char *magic, void *record,
		       size_t size);

#endif
