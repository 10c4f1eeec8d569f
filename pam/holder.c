/* SPDX-License-Identifier: MIT */
/* holder.c - gather what is known about an account and its password. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sereno/scoped.h>

#include "asker.h"
#include "holder.h"

#define DETAIL_MAX 256

static const char *item_text(pam_handle_t *pamh, int item)
{
	const void *text = NULL;

	if (pam_get_item(pamh, item, &text) != PAM_SUCCESS || !text)
		return "";
	return text;
}

static int find_blocklist(struct holder *holder)
{
	const char *path = holder->rules.blocklist;
	const int n = snprintf(holder->blocklist, sizeof(holder->blocklist), "%s%s",
			       path[0] ? holder->root : "", path);

	return n < 0 || (size_t)n >= sizeof(holder->blocklist) ? -ENAMETOOLONG : 0;
}

static int ask_policy(struct policy *policy, struct holder *holder)
{
	scoped(asker_clear) struct asker asker = { .n_groups = 0 };
	const struct request request = { .service = holder->service,
					 .kind = holder->kind,
					 .subject = holder->account };
	const struct policy_facts *facts = policy_facts(policy);
	const int64_t now = time(NULL);
	struct access_request asked;
	int r;

	holder->observe = facts->observe;
	holder->inactive_after_sec = facts->inactive_after_sec;
	holder->compiled = facts->compiled;
	r = asker_read(policy, &holder->account, &asker);
	if (r < 0)
		return r;
	asked = asker_request(&asker, &request);
	r = policy_subject(policy, &asked, now, &holder->subject);
	if (r == 0)
		r = policy_password(policy, &asked, now, &holder->rules);
	holder->has_rules = r == 0;
	if (r == 0)
		r = find_blocklist(holder);
	return r == -ENOENT ? 0 : r;
}

static int read_policy(struct holder *holder)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	const int r = policy_open(holder->root, &policy);

	return r < 0 ? r : ask_policy(policy, holder);
}

int holder_read(pam_handle_t *pamh, const char *root, struct holder *ret)
{
	const char *user = item_text(pamh, PAM_USER);
	int r;

	*ret = (struct holder){ .root = root, .service = item_text(pamh, PAM_SERVICE) };
	ret->kind = service_kind(ret->service);
	if (!user[0])
		return -EINVAL;
	r = account_by_name(user, &ret->account);
	if (r < 0)
		return r;
	r = local_password_read(root, ret->account.name, &ret->local);
	ret->is_local = r == 0;
	/* a program of the user himself cannot read it: nothing is ours to keep */
	if (r < 0 && r != -ENOENT && !(r == -EACCES && geteuid() != 0))
		ret->local_error = r;
	ret->unusable = read_policy(ret);
	return 0;
}

struct age_owner holder_owner(const struct holder *holder)
{
	return (struct age_owner){ holder->root, holder->account.name, holder->account.uid };
}

int64_t holder_changed(const struct holder *holder, const struct age *age, int64_t now)
{
	const int64_t dates[] = { age_changed(age, holder->local.tag), holder->local.changed };
	int64_t changed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(dates); i++)
		if (dates[i] > changed && dates[i] <= now)
			changed = dates[i];
	return changed;
}

void holder_report(const struct holder *holder, enum event_id id, const char *reason,
		   const char *detail)
{
	const struct event event = {
		.id = id,
		.subject = holder->account.name,
		.service = holder->service,
		.reason = reason,
		.detail = detail,
		.until = EVENT_NO_TIME,
	};

	(void)event_send(holder->root, &event); /* what was decided stands whoever hears of it */
}

void holder_report_state(const struct holder *holder, const char *what, int err)
{
	const char *cause = err < 0 ? strerrordesc_np(-err) : "an older record stood in";
	enum event_id id = err < 0 ? EVENT_STATE_UNUSABLE : EVENT_STATE_FALLBACK;
	char detail[DETAIL_MAX];

	if (err == -ENOKEY) {
		id = EVENT_KEY_UNUSABLE;
		cause = "no host key, or a sealed one: sereno key status says what to do";
	}
	(void)snprintf(detail, sizeof(detail), "%s: %s", what, cause ? cause : "unknown error");
	holder_report(holder, id, NULL, detail);
}
