/* SPDX-License-Identifier: MIT */
/* media_look.c - the policy in force asked about devices. */
#include "media_look.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sereno/refused.h>
#include <sereno/scoped.h>

#include "escape.h"

void media_look_clear(struct media_look *look)
{
	subject_clear(&look->person);
	people_free(look->people);
	policy_close(look->policy);
}

enum exit_status media_look_open(const struct options *options, struct media_look *ret)
{
	int r;

	ret->root = options->root;
	ret->now = time(NULL);
	if (geteuid() != 0)
		return complain(EXIT_SYSTEM, "%s",
				_("rules about devices, and their serial numbers, are for root "
				  "alone: run this as root"));
	r = policy_open(options->root, &ret->policy);
	if (r == -ENOENT)
		return complain(EXIT_SYSTEM, _("no policy is in force; next: sereno apply"));
	if (r == 0)
		r = policy_zone(ret->policy, &ret->zone);
	return r < 0 ? complain_error(r, _("the policy in force cannot be used")) : EXIT_YES;
}

/* @look->seat, as the decision wants it. */
static void settle(struct media_look *look, bool present)
{
	struct seat *seat = &look->seat;

	for (size_t i = 0; i < seat->roles.n; i++)
		look->role[i] = seat->roles.name[i];
	look->subject = (struct media_subject){
		.present = present,
		.locked = seat->locked,
		.user = seat->user,
		.uid = seat->uid,
		.roles = look->role,
		.n_roles = look->now < seat->until ? seat->roles.n : 0,
	};
}

enum exit_status media_look_at_seat(struct media_look *look)
{
	const int r = seat_read(look->root, SEAT_DEFAULT, &look->seat);

	if (r < 0)
		return complain_error(r, _("who sits at the seat cannot be read"));
	settle(look, look->seat.session[0] != '\0');
	return EXIT_YES;
}

enum exit_status media_look_at_user(struct media_look *look, const char *user)
{
	struct access_request request = { .uid = 0 };
	char buffer[ESCAPE_MAX];
	int r = people_read(look->root, &look->people);

	if (r == 0)
		r = subject_find(look->root, look->people, look->policy, user, &look->person);
	if (r < 0)
		return complain_error(r, _("cannot explain"));
	if (!look->person.exists)
		return complain(EXIT_NO, _("there is no user %s"), escape(buffer, user));
	request.uid = look->person.uid;
	request.subject = look->person.own;
	request.others = look->person.others;
	request.n_others = look->person.n_others;
	r = policy_roles_held(look->policy, &request, look->now, &look->seat.roles,
			      &look->seat.until);
	if (r < 0)
		return complain_error(r, _("cannot explain"));
	(void)snprintf(look->seat.user, sizeof(look->seat.user), "%s", user); /* it exists */
	look->seat.uid = look->person.uid;
	settle(look, true);
	return EXIT_YES;
}

void media_look_judge(struct media_look *look, const struct device_facts *device,
		      struct media_case **ret_case, struct media_verdict *ret)
{
	*ret_case = NULL;
	if (media_load(look->policy, look->root, device, ret_case) < 0)
		media_judge_without_policy(device, ret);
	else
		media_judge(*ret_case, device, &look->subject, look->now, ret);
}

void media_look_row(const struct device_facts *facts, const struct device_texts *texts,
		    struct channel_device *ret)
{
	*ret = (struct channel_device){ .vendor = facts->vendor,
					.product = facts->product,
					.kinds = facts->kinds };
	refused_id(facts->identity, ret->device);
	media_take_texts(texts, ret);
}

const char *media_why(const struct media_verdict *verdict, char text[static MEDIA_WHY])
{
	const char *access = verdict->access ? media_access_words(verdict->access) : _("deny");
	char rule[ESCAPE_MAX];

	if (verdict->rule[0])
		(void)snprintf(text, MEDIA_WHY, _("%s: rule %s, line %u"), access,
			       escape(rule, verdict->rule), verdict->line);
	else if (verdict->grant)
		(void)snprintf(text, MEDIA_WHY, _("%s: grant %u"), access, verdict->grant);
	else if (verdict->line)
		(void)snprintf(text, MEDIA_WHY, _("%s: %s (line %u)"), access,
			       _(media_reason_text(verdict->reason)), verdict->line);
	else
		(void)snprintf(text, MEDIA_WHY, "%s: %s", access,
			       _(media_reason_text(verdict->reason)));
	return text;
}

void media_write_verdict(struct json *json, const struct media_verdict *verdict)
{
	json_string(json, "access", media_access_name(verdict->access));
	json_string(json, "reason", media_reason_name(verdict->reason));
	json_string(json, "kind", device_kind_name(verdict->kind));
	json_bool(json, "on_trial", verdict->on_trial);
	if (verdict->rule[0])
		json_string(json, "rule", verdict->rule);
	if (verdict->line)
		json_number(json, "line", verdict->line);
	if (verdict->grant)
		json_number(json, "grant", verdict->grant);
	json_time(json, "until", verdict->until);
}
