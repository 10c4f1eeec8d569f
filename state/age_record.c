/* SPDX-License-Identifier: MIT */
/* age_record.c - the bytes of an account's age record, and the tag of a hash. */
#include <errno.h>

#include "age_record.h"
#include "octets.h"

_Static_assert(AGE_RECORD_SIZE <= SLOT_SECTOR_PAYLOAD, "a record lies in one disk sector");

/* FNV-1a */
#define TAG_START UINT64_C(0xcbf29ce484222325)
#define TAG_PRIME UINT64_C(0x100000001b3)

const struct slot_kind age_kind = {
	.directory = "ages",
	.format = 1,
	.payload_size = AGE_RECORD_SIZE,
};

uint64_t age_tag(const char *hash)
{
	uint64_t tag = TAG_START;

	for (const char *c = hash; *c; c++)
		tag = (tag ^ (uint8_t)*c) * TAG_PRIME;
	return tag ? tag : 1;
}

void age_encode(const struct age *age, uint8_t bytes[static AGE_RECORD_SIZE])
{
	octets_put(&bytes, (uint64_t)age->begun, 8);
	octets_put(&bytes, (uint64_t)age->last_login, 8);
	octets_put(&bytes, (uint64_t)age->renewed, 8);
	octets_put(&bytes, (uint64_t)age->changed, 8);
	octets_put(&bytes, (uint64_t)age->change_recorded, 8);
	octets_put(&bytes, age->change_tag, 8);
	octets_put(&bytes, age->demand, 4);
	octets_put(&bytes, (uint64_t)age->demand_since, 8);
	octets_put(&bytes, age->demand_tag, 8);
	octets_put(&bytes, age->list_tag, 8);
	octets_put(&bytes, 0, 8); /* for what comes later */
	octets_put_bytes(&bytes, age->list, AGE_LIST_SIZE);
}

int age_decode(const uint8_t bytes[static AGE_RECORD_SIZE], struct age *ret)
{
	struct age age;
	uint32_t demand;

	age.begun = (int64_t)octets_get(&bytes, 8);
	age.last_login = (int64_t)octets_get(&bytes, 8);
	age.renewed = (int64_t)octets_get(&bytes, 8);
	age.changed = (int64_t)octets_get(&bytes, 8);
	age.change_recorded = (int64_t)octets_get(&bytes, 8);
	age.change_tag = octets_get(&bytes, 8);
	demand = octets_get_u32(&bytes);
	age.demand_since = (int64_t)octets_get(&bytes, 8);
	age.demand_tag = octets_get(&bytes, 8);
	age.list_tag = octets_get(&bytes, 8);
	(void)octets_get(&bytes, 8);
	octets_get_bytes(&bytes, age.list, AGE_LIST_SIZE);
	if (demand > AGE_LOST)
		return -EBADMSG;
	age.demand = (enum age_demand)demand;
	*ret = age;
	return 0;
}
