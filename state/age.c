/* SPDX-License-Identifier: MIT */
/* age.c - the record of an account's password and logins: read, changed, begun anew. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sereno/age.h>
#include <sereno/scoped.h>
#include <sereno/slot.h>

#include "age_record.h"

/* An open record; @fell_back when it is the older one. */
struct age_file {
	struct slot_file *file;
	struct age age;
	bool fell_back;
};

static void age_close(struct age_file *file)
{
	slot_close(take(file->file, NULL));
}

static int age_open(const struct age_owner *owner, enum slot_missing missing, struct age_file *ret)
{
	uint8_t bytes[AGE_RECORD_SIZE];
	char name[16];
	/* by uid alone: an account that is renamed keeps its record */
	const struct slot_owner slot = { name, "", owner->uid };
	enum slot_state state = SLOT_NEW;
	int r;

	(void)snprintf(name, sizeof(name), "%u", owner->uid); /* ten digits at most */
	r = slot_open(owner->root, &age_kind, &slot, missing, &ret->file);
	if (r == 0)
		r = slot_read(ret->file, bytes, &state);
	if (r == 0)
		r = age_decode(bytes, &ret->age);
	if (r < 0)
		return r;
	ret->fell_back = state == SLOT_FELL_BACK;
	if (ret->fell_back) /* which check was forgotten cannot be told: check again */
		ret->age.list_tag = 0;
	return 0;
}

static int age_write(struct age_file *file, int64_t now, enum slot_durability durability)
{
	uint8_t bytes[AGE_RECORD_SIZE];

	if (file->age.begun == 0)
		file->age.begun = now;
	age_encode(&file->age, bytes);
	return slot_write(file->file, bytes, durability);
}

/* Into both slots: falling back to the older one must not forget it. */
static int age_write_twice(struct age_file *file, int64_t now)
{
	const int r = age_write(file, now, SLOT_DURABLE);

	return r < 0 ? r : age_write(file, now, SLOT_DURABLE);
}

int age_read(const struct age_owner *owner, struct age *ret, bool *ret_fell_back)
{
	scoped(age_close) struct age_file file = { 0 };
	const int r = age_open(owner, SLOT_MUST_EXIST, &file);

	if (r < 0 && r != -ENOENT)
		return r;
	*ret = file.age;
	if (ret_fell_back)
		*ret_fell_back = file.fell_back;
	return 0;
}

int age_record_login(const struct age_owner *owner, int64_t now)
{
	scoped(age_close) struct age_file file = { 0 };
	const int r = age_open(owner, SLOT_CREATE, &file);

	if (r < 0)
		return r;
	file.age.last_login = now;
	return age_write(&file, now, SLOT_SHARED);
}

int age_record_change(const struct age_owner *owner, int64_t now, uint64_t tag)
{
	scoped(age_close) struct age_file file = { 0 };
	const int r = age_open(owner, SLOT_CREATE, &file);

	if (r < 0)
		return r;
	file.age.changed = age_changed(&file.age, tag);
	file.age.change_recorded = now;
	file.age.change_tag = tag;
	return age_write_twice(&file, now);
}

int age_record_list(const struct age_owner *owner, int64_t now, uint64_t tag,
		    const uint8_t list[static AGE_LIST_SIZE])
{
	scoped(age_close) struct age_file file = { 0 };
	const int r = age_open(owner, SLOT_CREATE, &file);

	if (r < 0)
		return r;
	file.age.list_tag = tag;
	memcpy(file.age.list, list, AGE_LIST_SIZE);
	return age_write(&file, now, SLOT_SHARED);
}

int age_demand(const struct age_owner *owner, int64_t now, uint64_t tag, enum age_demand demand)
{
	scoped(age_close) struct age_file file = { 0 };
	const int r = age_open(owner, SLOT_CREATE, &file);

	if (r < 0)
		return r;
	file.age.demand = demand;
	file.age.demand_since = now;
	file.age.demand_tag = tag;
	return age_write_twice(&file, now);
}

int age_renew(const struct age_owner *owner, int64_t now)
{
	scoped(age_close) struct age_file file = { 0 };
	const int r = age_open(owner, SLOT_CREATE, &file);

	if (r < 0)
		return r;
	file.age.renewed = now;
	return age_write_twice(&file, now);
}

/* No account has this uid. */
#define HOST_UID ((uid_t)-1)

int64_t age_host_since(const char *root, int64_t since)
{
	const struct age_owner host = { root, "host", HOST_UID };
	scoped(age_close) struct age_file file = { 0 };

	if (age_open(&host, SLOT_CREATE, &file) < 0)
		return since;
	if (file.age.begun == 0)
		(void)age_write_twice(&file, since); /* else it is asked for the first time again */
	return file.age.begun;
}

int age_restart(const struct age_owner *owner, int64_t now, uint64_t tag)
{
	char name[16];
	const struct slot_owner slot = { name, "", owner->uid };
	int r;

	(void)snprintf(name, sizeof(name), "%u", owner->uid); /* as above */
	r = slot_remove(owner->root, &age_kind, &slot);
	if (r < 0 && r != -ENOENT)
		return r;
	return age_demand(owner, now, tag, AGE_LOST);
}

int64_t age_changed(const struct age *age, uint64_t tag)
{
	const bool went_through = age->change_recorded != 0 && age->change_tag != tag;

	return went_through ? age->change_recorded : age->changed;
}

enum age_demand age_demanded(const struct age *age, uint64_t tag)
{
	return age->demand_tag == tag ? age->demand : AGE_FINE;
}

bool age_checked(const struct age *age, uint64_t tag, const uint8_t list[static AGE_LIST_SIZE])
{
	return age->list_tag == tag && memcmp(age->list, list, AGE_LIST_SIZE) == 0;
}
