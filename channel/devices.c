/* SPDX-License-Identifier: MIT */
/* devices.c - devices in a reply, to and from the wire. */
#include "devices.h"

static void put_one(struct wire_writer *writer, const struct channel_device *device)
{
	wire_put(writer, device->state, 4);
	wire_put(writer, device->request, 4);
	wire_put(writer, device->grant, 4);
	wire_put_text(writer, device->device, sizeof(device->device));
	wire_put(writer, device->vendor, 2);
	wire_put(writer, device->product, 2);
	wire_put(writer, device->kinds, 4);
	wire_put_text(writer, device->name, sizeof(device->name));
	wire_put_text(writer, device->serial, sizeof(device->serial));
	wire_put_text(writer, device->user, sizeof(device->user));
	wire_put(writer, device->access, 4);
	wire_put(writer, device->for_sec, 8);
	wire_put(writer, device->refused, 4);
	wire_put(writer, device->times, 4);
	wire_put(writer, (uint64_t)device->made, 8);
	wire_put(writer, (uint64_t)device->void_at, 8);
	wire_put_text(writer, device->by, sizeof(device->by));
	wire_put_text(writer, device->reason, sizeof(device->reason));
	wire_put(writer, device->approvals, 4);
	wire_put(writer, device->each, 4);
	wire_put_text(writer, device->roles, sizeof(device->roles));
	wire_put(writer, device->mine_to_decide, 4);
	wire_put(writer, (uint64_t)device->since, 8);
	wire_put(writer, (uint64_t)device->until, 8);
}

static void get_what(struct wire_reader *reader, struct channel_device *device)
{
	device->state = (enum channel_device_state)wire_get_within(reader, CHANNEL_DEVICE_REFUSED,
								   CHANNEL_DEVICE_REVOKED);
	device->request = (uint32_t)wire_get(reader, 4);
	device->grant = (uint32_t)wire_get(reader, 4);
	wire_get_line(reader, device->device, sizeof(device->device));
	device->vendor = (uint16_t)wire_get(reader, 2);
	device->product = (uint16_t)wire_get(reader, 2);
	device->kinds = wire_get_within(reader, 0, (1u << DEVICE_KINDS) - 1);
	wire_get_line(reader, device->name, sizeof(device->name));
	wire_get_line(reader, device->serial, sizeof(device->serial));
	wire_get_line(reader, device->user, sizeof(device->user));
	device->access = (enum media_access)wire_get_within(reader, MEDIA_DENY, MEDIA_READ_WRITE);
	device->for_sec = wire_get(reader, 8);
	device->refused = (enum media_reason)wire_get_within(reader, MEDIA_BY_RULE, MEDIA_NO_BLOCK);
	device->times = (uint32_t)wire_get(reader, 4);
}

static void get_one(struct wire_reader *reader, struct channel_device *device)
{
	get_what(reader, device);
	device->made = (int64_t)wire_get(reader, 8);
	device->void_at = (int64_t)wire_get(reader, 8);
	wire_get_line(reader, device->by, sizeof(device->by));
	wire_get_line(reader, device->reason, sizeof(device->reason));
	device->approvals = (uint32_t)wire_get(reader, 4);
	device->each = wire_get_within(reader, 0, 1);
	wire_get_line(reader, device->roles, sizeof(device->roles));
	device->mine_to_decide = wire_get_within(reader, 0, 1);
	device->since = (int64_t)wire_get(reader, 8);
	device->until = (int64_t)wire_get(reader, 8);
}

void devices_put(struct wire_writer *writer, const struct channel_reply *reply)
{
	wire_put(writer, reply->n_devices, 4);
	wire_put(writer, reply->more, 4);
	if (reply->n_devices > CHANNEL_PAGE_MAX)
		writer->broken = true;
	for (uint32_t i = 0; !writer->broken && i < reply->n_devices; i++)
		put_one(writer, &reply->device[i]);
}

/* Who is told of more must be told after which one. */
void devices_get(struct wire_reader *reader, struct channel_reply *reply)
{
	reply->n_devices = wire_get_within(reader, 0, CHANNEL_PAGE_MAX);
	reply->more = wire_get_within(reader, 0, 1);
	if (reply->more && reply->n_devices == 0)
		reader->broken = true;
	for (uint32_t i = 0; !reader->broken && i < reply->n_devices; i++)
		get_one(reader, &reply->device[i]);
}
