/* SPDX-License-Identifier: MIT */
/*
 * register_devices.h - the part of the register that is about devices: who let which one in, for
 * whom, how and until when.
 *
 * Under the rules of register.h, whose refusals and errors these functions return. Nobody asks for
 * a device in the register: whoever may let it in does so, and where the policy wants several
 * people (media.requests.approved-by-each) what the first one says is a request that waits for the
 * others. What is granted is published (device_grants.h) with everything else.
 */
#ifndef SERENO_REGISTER_DEVICES_H
#define SERENO_REGISTER_DEVICES_H

#include <sereno/media.h>
#include <sereno/register.h>

#define REGISTER_DEVICE_SEC_MAX INT64_C(315360000) /* ten years */
#define REGISTER_APPROVALS_MAX	64		   /* of one request */

/* Which one: @identity counts, the rest is for people. Texts are one line each: what a device calls
 * itself has lost its control characters by now. */
struct register_device {
	uint8_t identity[DEVICE_IDENTITY_SIZE];
	uint16_t vendor, product; /* 0: it has none */
	enum device_bus bus;
	unsigned kinds;
	const char *name, *serial;
};

struct device_wish {
	struct register_device device;
	const char *user; /* for whom */
	uid_t uid;
	enum media_access access; /* not MEDIA_DENY */
	uint64_t for_sec;	  /* from the last approval on */
};

/*
 * Who approves, beside whoever acts: those who said yes before are looked at again. held() says
 * which of @roles the account @user of number @uid holds now, 1 << index each, 0 where there is no
 * such account any more; returns 0 or a negative errno.
 */
struct register_approvers {
	struct policy *policy; /* in force */
	int (*held)(void *context, const char *user, uid_t uid, const struct role_names *roles,
		    uint64_t *ret);
	void *context;
};

/*
 * Let a device in, as act->user: a new request, or what is open for the same device, user, access
 * and time, is approved; the approval that makes it complete grants, from now on. REFUSED_ALREADY
 * where another one is open for the device and the user. *@ret is the number of the request.
 */
int register_device_approve(struct register_db *db, const struct register_approvers *approvers,
			    const struct act *act, const struct device_wish *wish, uint32_t *ret);

/* Decide the open request @id. */
int register_device_decide(struct register_db *db, const struct register_approvers *approvers,
			   const struct act *act, uint32_t id, enum register_decision decision);

/* End the grant @id now. @approvers NULL: root does it; else act->user approves devices, or it is
 * his. */
int register_device_revoke(struct register_db *db, const struct register_approvers *approvers,
			   const struct act *act, uint32_t id);

/* End all of @user's, and take back what is open for him. REFUSED_UNKNOWN: there is nothing. */
int register_device_revoke_all(struct register_db *db, const struct act *act, const char *user);

/* Void what was not answered for @after_sec. */
int register_device_void(struct register_db *db, const struct act *act, uint64_t after_sec);

/* Texts are borrowed for the call. */
struct device_request_row {
	uint32_t id, grant;
	struct register_device device;
	enum request_state state;
	const char *user;
	uid_t uid;
	enum media_access access;
	uint64_t for_sec;
	uint32_t approvals;
	struct act made;   /* by the first who approved */
	struct act closed; /* user NULL: open */
};

/* As register_requests(); query->user is for whom it is, query->role is NULL. */
typedef int register_each_device_request(void *context, const struct device_request_row *row);
int register_device_requests(struct register_db *db, const struct register_query *query,
			     register_each_device_request *each, void *context);

struct device_grant_row {
	uint32_t id, request;
	struct register_device device;
	const char *user;
	uid_t uid;
	enum media_access access;
	int64_t since, until;
	struct act made;    /* by the last who approved */
	struct act revoked; /* user NULL: not revoked */
};

/* As register_grants(). */
typedef int register_each_device_grant(void *context, const struct device_grant_row *row);
int register_device_grants(struct register_db *db, const struct register_query *query,
			   register_each_device_grant *each, void *context);

#endif
