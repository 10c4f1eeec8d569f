/* SPDX-License-Identifier: MIT */
/* role_requests.c - requests for roles in a reply, to and from the wire. */
#include "role_requests.h"

static void put_one(struct wire_writer *writer, const struct channel_role_request *request)
{
	wire_put(writer, request->id, 4);
	wire_put(writer, request->state, 4);
	wire_put_text(writer, request->role, sizeof(request->role));
	wire_put_text(writer, request->user, sizeof(request->user));
	wire_put(writer, request->for_sec, 8);
	wire_put(writer, (uint64_t)request->made, 8);
	wire_put(writer, (uint64_t)request->void_at, 8);
	wire_put_text(writer, request->reason, sizeof(request->reason));
	wire_put(writer, request->approvals, 4);
	wire_put(writer, request->approvers, 4);
	wire_put(writer, request->mine, 4);
	wire_put(writer, request->mine_to_decide, 4);
	wire_put_text(writer, request->approver_roles, sizeof(request->approver_roles));
	wire_put_text(writer, request->closed_by, sizeof(request->closed_by));
	wire_put(writer, (uint64_t)request->closed, 8);
	wire_put_text(writer, request->closed_reason, sizeof(request->closed_reason));
	wire_put(writer, request->grant, 4);
	wire_put(writer, (uint64_t)request->until, 8);
}

static void get_one(struct wire_reader *reader, struct channel_role_request *request)
{
	request->id = wire_get_within(reader, 1, UINT32_MAX);
	request->state = (enum channel_role_state)wire_get_within(reader, CHANNEL_ROLE_OPEN,
								  CHANNEL_ROLE_VOID);
	wire_get_line(reader, request->role, sizeof(request->role));
	wire_get_line(reader, request->user, sizeof(request->user));
	request->for_sec = wire_get(reader, 8);
	request->made = (int64_t)wire_get(reader, 8);
	request->void_at = (int64_t)wire_get(reader, 8);
	wire_get_line(reader, request->reason, sizeof(request->reason));
	request->approvals = (uint32_t)wire_get(reader, 4);
	request->approvers = (uint32_t)wire_get(reader, 4);
	request->mine = wire_get_within(reader, 0, 1);
	request->mine_to_decide = wire_get_within(reader, 0, 1);
	wire_get_line(reader, request->approver_roles, sizeof(request->approver_roles));
	wire_get_line(reader, request->closed_by, sizeof(request->closed_by));
	request->closed = (int64_t)wire_get(reader, 8);
	wire_get_line(reader, request->closed_reason, sizeof(request->closed_reason));
	request->grant = (uint32_t)wire_get(reader, 4);
	request->until = (int64_t)wire_get(reader, 8);
}

void role_requests_put(struct wire_writer *writer, const struct channel_reply *reply)
{
	wire_put(writer, reply->n_requests, 4);
	wire_put(writer, reply->more, 4);
	if (reply->n_requests > CHANNEL_PAGE_MAX)
		writer->broken = true;
	for (uint32_t i = 0; !writer->broken && i < reply->n_requests; i++)
		put_one(writer, &reply->request[i]);
}

/* Who is told of more must be told after which one. */
void role_requests_get(struct wire_reader *reader, struct channel_reply *reply)
{
	reply->n_requests = wire_get_within(reader, 0, CHANNEL_PAGE_MAX);
	reply->more = wire_get_within(reader, 0, 1);
	if (reply->more && reply->n_requests == 0)
		reader->broken = true;
	for (uint32_t i = 0; !reader->broken && i < reply->n_requests; i++)
		get_one(reader, &reply->request[i]);
}
