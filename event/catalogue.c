/* SPDX-License-Identifier: MIT */
/* catalogue.c - the closed table of everything sereno reports. */
#include <syslog.h>

#include "catalogue.h"

#define WHO	 (1u << MEMBER_SUBJECT | 1u << MEMBER_SERVICE)
#define DECISION (WHO | 1u << MEMBER_ORIGIN | 1u << MEMBER_VERDICT | 1u << MEMBER_REASON)
#define OPENED	 (WHO | 1u << MEMBER_ORIGIN)
#define WHY	 (1u << MEMBER_DETAIL)
#define MEDIA	 (1u << MEMBER_DEVICE | 1u << MEMBER_VERDICT | 1u << MEMBER_REASON)

/* clang-format off */
static const struct catalogue_entry entries[EVENT_COUNT] = {
	[EVENT_ACCESS_ALLOWED]      = { "access.allowed",      LOG_INFO,    "38c80d2d88c6428983847c15340b9f49", DECISION },
	[EVENT_ACCESS_DENIED]       = { "access.denied",       LOG_NOTICE,  "8681efa5c10a4045b50ef4c1de647193", DECISION },
	[EVENT_ACCESS_ON_TRIAL]     = { "access.on-trial",     LOG_NOTICE,  "7ce28e13ac894dffabfd7907db937aee", DECISION },
	[EVENT_ROOT_LOGIN]          = { "root.login",          LOG_WARNING, "98b3b8c6b2b846e89b507ef565adf0b5", DECISION },
	[EVENT_BREAK_GLASS_USED]    = { "break-glass.used",    LOG_CRIT,    "b4546ff9ff89412bb57265436e917d7c", DECISION },
	[EVENT_BREAK_GLASS_REFUSED] = { "break-glass.refused", LOG_CRIT,    "831c98843aa44f35a64e6a3828c9a427", DECISION },
	[EVENT_ROLE_CONFLICT]       = { "role.conflict",       LOG_WARNING, "4eed9e5838c64a88b8c4746042d6f23c", WHO },
	[EVENT_POLICY_UNUSABLE]     = { "policy.unusable",     LOG_ERR,     "e6b2c28f24ef468fad6259e9ab81d43d", WHY },
	[EVENT_POLICY_APPLIED]      = { "policy.applied",      LOG_NOTICE,  "6bde11e4506c4293a1cadd224dd1fdf0", 1u << MEMBER_POLICY },
	[EVENT_POLICY_REFUSED]      = { "policy.refused",      LOG_WARNING, "614c207bbdb84c91a6afc6766c9b9977", WHY },
	[EVENT_SESSION_OPENED]      = { "session.opened",      LOG_INFO,    "5f0f881b2ea044bea566a22292662ce0", OPENED },
	[EVENT_SESSION_CLOSED]      = { "session.closed",      LOG_INFO,    "b14ec1c9017a4ae983c38b46a98727cf", WHO },
	[EVENT_SESSION_UNRECORDED]  = { "session.unrecorded",  LOG_WARNING, "0795c39a08ca44399cc645e9e026b4ad", OPENED | 1u << MEMBER_VERDICT | WHY },
	[EVENT_ATTEMPTS_REFUSED]    = { "attempts.refused",    LOG_NOTICE,  "35e6d0fb7bd31de66696e0362536c37a", OPENED | 1u << MEMBER_REASON },
	[EVENT_ATTEMPTS_ON_TRIAL]   = { "attempts.on-trial",   LOG_NOTICE,  "0d1b7c8112117ec3a9ab743670bdd898", OPENED | 1u << MEMBER_REASON },
	[EVENT_ATTEMPTS_UNLOCKED]   = { "attempts.unlocked",   LOG_NOTICE,  "b0c395d2e164bd5550f018168bcf1a9c", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET },
	[EVENT_STATE_FALLBACK]      = { "state.fallback",      LOG_WARNING, "89422773aa181a76e57a15e8ebd2e5e7", 1u << MEMBER_SUBJECT | WHY },
	[EVENT_STATE_UNUSABLE]      = { "state.unusable",      LOG_ERR,     "7f6a0d4ebf038da7c5febcb2681ff75e", 1u << MEMBER_SUBJECT | WHY },
	[EVENT_PASSWORD_ACCEPTED]   = { "password.accepted",   LOG_NOTICE,  "12c896ca5b0d41b2a69d1680f36da2db", WHO },
	[EVENT_PASSWORD_REFUSED]    = { "password.refused",    LOG_NOTICE,  "dd6a882d4a7e4e249fdfc255378c5233", WHO | 1u << MEMBER_REASON },
	[EVENT_PASSWORD_ON_TRIAL]   = { "password.on-trial",   LOG_NOTICE,  "bc00efa635924f958ae6be1e1a97c57f", WHO | 1u << MEMBER_REASON },
	[EVENT_PASSWORD_DUE]        = { "password.due",        LOG_NOTICE,  "9c5108043e3d4596b55989076ffc5c24", WHO | 1u << MEMBER_REASON },
	[EVENT_PASSWORD_EXPIRED]    = { "password.expired",    LOG_NOTICE,  "a7a9425318aa41ee9894a0c022237e1c", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET },
	[EVENT_ACCOUNT_INACTIVE]    = { "account.inactive",    LOG_WARNING, "5823576169e748e7952a0deed717e904", WHO },
	[EVENT_ACCOUNT_ON_TRIAL]    = { "account.on-trial",    LOG_NOTICE,  "657439e0edef41e2b98a6f8541639413", WHO | 1u << MEMBER_REASON },
	[EVENT_ACCOUNT_RENEWED]     = { "account.renewed",     LOG_NOTICE,  "47c02f97a0fd40098c32f65b03f91b58", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET },
	[EVENT_CODE_ACCEPTED]       = { "code.accepted",       LOG_INFO,    "9e3fd68c293e40f1a843e1d1dd9944e9", OPENED },
	[EVENT_CODE_RECOVERED]      = { "code.recovered",      LOG_WARNING, "d65ed6a4d7ce45b799b12757d1879f87", OPENED },
	[EVENT_CODE_REFUSED]        = { "code.refused",        LOG_NOTICE,  "53d2565c6e8d475c99cdf6e2877933da", OPENED | 1u << MEMBER_REASON },
	[EVENT_CODE_REMEMBERED]     = { "code.remembered",     LOG_INFO,    "373ebeff242b407a9fdfc1f89dae3a69", OPENED | 1u << MEMBER_REASON },
	[EVENT_OTP_ENROLLED]        = { "otp.enrolled",        LOG_NOTICE,  "1b9a5390b40fe24365ced8398905be04", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET },
	[EVENT_OTP_IMPORTED]        = { "otp.imported",        LOG_NOTICE,  "0805fd473b87b284e426cae4a240a863", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET },
	[EVENT_OTP_REMOVED]         = { "otp.removed",         LOG_WARNING, "0b9e33723d7fc1e405c9c09793bec0bf", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET },
	[EVENT_OTP_RECOVERY]        = { "otp.recovery",        LOG_NOTICE,  "f74a676e7caec3761e61f08af600f159", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET },
	[EVENT_OTP_RESYNCED]        = { "otp.resynced",        LOG_NOTICE,  "c682b19f26f237be1bd7a6a197f51dfd", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET },
	[EVENT_OTP_TICKET]          = { "otp.ticket",          LOG_NOTICE,  "42d768300965e0a37a2721af64cdcdc6", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET },
	[EVENT_KEY_SEALED]          = { "key.sealed",          LOG_NOTICE,  "d8849b8bc2e843a9a0162bd2d80c1157", 1u << MEMBER_SUBJECT | WHY },
	[EVENT_KEY_UNSEALED]        = { "key.unsealed",        LOG_NOTICE,  "3ea62ab076444c0db0d022b016a71404", WHY },
	[EVENT_KEY_UNUSABLE]        = { "key.unusable",        LOG_ERR,     "08e8da20688f4106a0553bcde2c5ed85", WHY },
	[EVENT_CLIENT_REFUSED]      = { "client.refused",      LOG_WARNING, "a012b972bb584a878ec42039f8cc32ab", WHY },
	[EVENT_VERIFIER_FAILED]     = { "verifier.failed",     LOG_ERR,     "0395bbbf2cab40e4a7e0565ede9c7bdc", WHY },
	[EVENT_ROLE_GRANTED]        = { "role.granted",        LOG_NOTICE,  "1db6e36283e4453ab2aa33d7e53ff366", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET | 1u << MEMBER_RULE },
	[EVENT_ROLE_REVOKED]        = { "role.revoked",        LOG_NOTICE,  "0521ea2c972648c5afe5c8d33231e816", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET | WHY },
	[EVENT_ACCOUNT_DEPARTED]    = { "account.departed",    LOG_ALERT,   "310d98177c3c426da9cc2da0ba823dec", DECISION },
	[EVENT_REQUEST_MADE]        = { "request.made",        LOG_NOTICE,  "704dcf11473545e482df56dad71e7a26", 1u << MEMBER_SUBJECT | 1u << MEMBER_RULE },
	[EVENT_REQUEST_APPROVED]    = { "request.approved",    LOG_NOTICE,  "518955f474be4c35a31798628470dc6c", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET | 1u << MEMBER_RULE },
	[EVENT_REQUEST_DENIED]      = { "request.denied",      LOG_NOTICE,  "e8673eccc6874c5896e99cb0e14b56ae", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET | 1u << MEMBER_RULE },
	[EVENT_REQUEST_WITHDRAWN]   = { "request.withdrawn",   LOG_NOTICE,  "98ca973e6d7046a6bb87a5af317f667b", 1u << MEMBER_SUBJECT | 1u << MEMBER_RULE },
	[EVENT_REQUEST_REFUSED]     = { "request.refused",     LOG_WARNING, "35d36f7f3ec0410892e17b37d5468764", 1u << MEMBER_SUBJECT | WHY },
	[EVENT_SESSION_TOLD]        = { "session.told",        LOG_NOTICE,  "fcb2012a63e2c7895bafe4a210da7b1e", OPENED | 1u << MEMBER_REASON },
	[EVENT_SESSION_ENDED]       = { "session.ended",       LOG_NOTICE,  "346260a1e17c8055505a64e396b4079b", OPENED | 1u << MEMBER_REASON },
	[EVENT_SESSION_END_FAILED]  = { "session.end-failed",  LOG_ERR,     "7b105733a63c334eefdc922b7dafcc34", OPENED | 1u << MEMBER_REASON | WHY },
	[EVENT_DEPARTURE_BEGUN]      = { "departure.begun",     LOG_NOTICE,  "17202b1e9849145ba1d08e8ca972cba7", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET | WHY },
	[EVENT_DEPARTURE_FAILED]     = { "departure.failed",    LOG_ERR,     "0b47b3e595173b3652e99210c0e782a8", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET | WHY },
	[EVENT_DEPARTURE_CLOSED]     = { "departure.closed",    LOG_NOTICE,  "f71cd77b01c83f3209cdc86128a06ba9", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET },
	[EVENT_DEPARTURE_UNDONE]     = { "departure.undone",    LOG_WARNING, "598edf33a7efd69773d58f410a501dfe", 1u << MEMBER_SUBJECT | 1u << MEMBER_TARGET | WHY },
	[EVENT_MEDIA_ALLOWED] = { "media.allowed", LOG_NOTICE, "973991da79964a6b92339f22e51f019d", MEDIA },
	[EVENT_MEDIA_REFUSED] = { "media.refused", LOG_NOTICE, "ee9fd964a3f74833b84500724266ee4e", MEDIA },
	[EVENT_MEDIA_ON_TRIAL] = { "media.on-trial", LOG_NOTICE, "b94da1fc952c4899aa1902253579fb03", MEDIA },
	[EVENT_MEDIA_TWIN] = { "media.twin", LOG_WARNING, "71fb94aa871d4f4593f98ba6f24ad56c", MEDIA },
	[EVENT_MEDIA_REMOVED] = { "media.removed", LOG_NOTICE, "150f2304d2a54bc89e79d7b071f50fc3", 1u << MEMBER_DEVICE | 1u << MEMBER_REASON },
	[EVENT_MEDIA_FAILED] = { "media.failed", LOG_ERR, "4cc16503ae714a98990c46f0557057b3", 1u << MEMBER_DEVICE | WHY },
	[EVENT_MEDIA_LEAVING] = { "media.leaving", LOG_NOTICE, "23fc7df0d0284462a861acd149edfe5e", 1u << MEMBER_DEVICE | WHY },
	[EVENT_MEDIA_SEATS_UNKNOWN] = { "media.seats-unknown", LOG_WARNING, "4019b22d10664c8b8bcbdd0679dcaf94", WHY },
	[EVENT_BACKUP_MADE]            = { "backup.made",         LOG_NOTICE,  "3e1a0414d44e4d81747ee4332e91553d", 1u << MEMBER_SUBJECT | WHY },
	[EVENT_STATE_RESTORED]         = { "state.restored",      LOG_WARNING, "36c0a6cb437389a1b4a92b2ff5d46a16", 1u << MEMBER_SUBJECT | WHY },
	[EVENT_REVIEW_OPENED]          = { "review.opened",       LOG_NOTICE,  "78408ee9c14cf9298765fcacb02cb8ef", 1u << MEMBER_SUBJECT | 1u << MEMBER_UNTIL | WHY },
	[EVENT_REVIEW_SIGNED]          = { "review.signed",       LOG_NOTICE,  "973e4dda7ba81a72cbe7d8a221766128", 1u << MEMBER_SUBJECT | 1u << MEMBER_RULE | WHY },
	[EVENT_REVIEW_REFUSED]         = { "review.refused",      LOG_WARNING, "eda5a5554d90800052d097c8aa5f0ff3", 1u << MEMBER_SUBJECT | 1u << MEMBER_RULE | WHY },
	[EVENT_MEDIA_APPROVED] = { "media.approved", LOG_NOTICE, "7614e421c1c14768ad35ee53caac9b7d", 1u << MEMBER_SUBJECT | 1u << MEMBER_DEVICE | 1u << MEMBER_TARGET | 1u << MEMBER_VERDICT },
	[EVENT_MEDIA_DENIED] = { "media.denied", LOG_NOTICE, "43bcb2e7b002448c9282370e6ff76ac5", 1u << MEMBER_SUBJECT | 1u << MEMBER_DEVICE },
	[EVENT_MEDIA_GRANTED] = { "media.granted", LOG_NOTICE, "ffc499b3dd1c463f95ee43abe99bf127", 1u << MEMBER_SUBJECT | 1u << MEMBER_DEVICE | 1u << MEMBER_TARGET | 1u << MEMBER_VERDICT },
	[EVENT_MEDIA_REVOKED] = { "media.revoked", LOG_NOTICE, "1e6e48e65ab74f088bb10212c9e8b8e4", 1u << MEMBER_SUBJECT | 1u << MEMBER_DEVICE },
};
/* clang-format on */

const struct catalogue_entry *catalogue_entry(enum event_id id)
{
	return &entries[id];
}

const char *event_name(enum event_id id)
{
	return catalogue_entry(id)->name;
}

int event_priority(enum event_id id)
{
	return catalogue_entry(id)->priority;
}
