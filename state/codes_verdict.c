/* SPDX-License-Identifier: MIT */
/* codes_verdict.c - verdicts and faults in words, the same whoever checked the code. */
#include <sereno/codes.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *codes_verdict_word(enum codes_verdict verdict)
{
	switch (verdict) {
	case CODES_ACCEPTED:
		return "accepted";
	case CODES_RECOVERED:
		return "recovered";
	case CODES_WRONG:
		return "wrong";
	case CODES_EMPTY:
		return "empty";
	case CODES_MALFORMED:
		return "malformed";
	case CODES_REPLAYED:
		return "replayed";
	case CODES_CLOCK:
		return "clock";
	case CODES_NOT_ENROLLED:
		return "not-enrolled";
	case CODES_RECOVERY_VOID:
		return "recovery-void";
	}
	return "error";
}

/* The host process's locale has no say in it: no strerror(). */
static const char *cause(int err)
{
	const char *text = err == -EACCES ? "only root may read it" : strerrordesc_np(-err);

	return text ? text : "unknown error";
}

void codes_error_text(int err, char text[static CODES_ERROR_SIZE])
{
	/* either is shorter */
	if (err == -ENOKEY)
		(void)snprintf(text, CODES_ERROR_SIZE,
			       "there is no host key, or it is sealed and was not unsealed at this "
			       "boot: sereno key status says what to do");
	else
		(void)snprintf(text, CODES_ERROR_SIZE, "the record of a second factor: %s",
			       cause(err));
}
