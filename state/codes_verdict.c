/* SPDX-License-Identifier: MIT */
/* codes_verdict.c - verdicts in a word, the same whoever checked the code. */
#include <sereno/codes.h>

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
