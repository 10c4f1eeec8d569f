/* SPDX-License-Identifier: MIT */
/* errand_answer.c - what is answered to whom the register is in the way. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "errand.h"
#include "report.h"

void errand_refuse(struct errand *errand, const char *why)
{
	struct channel_reply *reply = &errand->talk->reply;

	reply->answer = CHANNEL_NOT_ALLOWED;
	(void)snprintf(reply->why, sizeof(reply->why), "%s", why); /* our own words fit */
}

void errand_unavailable(struct errand *errand, const char *what, int err)
{
	if (err == -EBUSY) {
		errand->talk->reply.answer = CHANNEL_BUSY;
		return;
	}
	report_error(errand->talk->root, &errand->talk->caller, EVENT_STATE_UNUSABLE, what, err);
	errand->talk->reply.answer = CHANNEL_UNAVAILABLE;
}

void errand_answer_with(struct errand *errand, int r)
{
	if (r > 0)
		errand_refuse(errand, register_refusal_text((enum register_refusal)r));
	else if (r < 0)
		errand_unavailable(errand, "the register", r);
}

void errand_join_names(const struct role_names *names, char text[static CHANNEL_ROLES_SIZE])
{
	static const char mark[] = ", ...";
	const size_t room = CHANNEL_ROLES_SIZE - sizeof(mark);
	size_t used = 0;

	for (size_t i = 0; i < names->n; i++) {
		const size_t length = strlen(names->name[i]);

		if (used + 2 + length > room) {
			memcpy(text + used, mark, sizeof(mark) - 1);
			used += sizeof(mark) - 1;
			break;
		}
		if (i > 0) {
			memcpy(text + used, ", ", 2);
			used += 2;
		}
		memcpy(text + used, names->name[i], length);
		used += length;
	}
	text[used] = '\0';
}

void errand_copy_text(char *to, size_t size, const char *from)
{
	size_t length = strnlen(from, size);

	if (length == size)
		for (length--; length > 0 && ((unsigned char)from[length] & 0xc0) == 0x80;)
			length--;
	memcpy(to, from, length);
	to[length] = '\0';
}
