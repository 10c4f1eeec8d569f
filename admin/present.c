/* SPDX-License-Identifier: MIT */
/* present.c - the USB devices that are plugged in, and what a policy says of them. */
#include "present.h"

#include <fcntl.h>
#include <string.h>

#include <sereno/role_terms.h>
#include <sereno/scoped.h>
#include <sereno/seat.h>

#include "subject.h"

#define PRESENT_MAX    4096
#define LOGIND_MAX     4096 /* bytes, of a file of logind's */
#define CLASS_HID      0x03
#define SUBCLASS_BOOT  0x01
#define PROTOCOL_TYPES 0x01

static ptrdiff_t find(const struct present_list *list, const char *name, size_t length)
{
	for (size_t i = 0; i < list->n; i++)
		if (strncmp(list->item[i].name, name, length) == 0 &&
		    list->item[i].name[length] == '\0')
			return (ptrdiff_t)i;
	return -1;
}

/* "1-2.1.4" hangs on "1-2.1". */
static ptrdiff_t find_hub(const struct present_list *list, const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? find(list, name, (size_t)(dot - name)) : -1;
}

static bool is_boot_keyboard(const struct device *device)
{
	const struct device_descriptors *descriptors = &device->descriptors;

	for (size_t i = 0; !device->facts.malformed && i < descriptors->n_settings; i++)
		if (descriptors->setting[i].class == CLASS_HID &&
		    descriptors->setting[i].subclass == SUBCLASS_BOOT &&
		    descriptors->setting[i].protocol == PROTOCOL_TYPES)
			return true;
	return false;
}

static int add(void *context, struct device *device)
{
	struct present_list *list = context;
	const size_t room = list->room ? 2 * list->room : 16;
	struct present *present;

	if (list->n == list->room) {
		if (room > PRESENT_MAX)
			return -E2BIG;
		present = reallocarray(list->item, room, sizeof(*present));
		if (!present)
			return -ENOMEM;
		list->item = present;
		list->room = room;
	}
	present = &list->item[list->n];
	*present = (struct present){ .facts = device->facts,
				     .texts = device->texts,
				     .is_boot_keyboard = is_boot_keyboard(device) };
	memcpy(present->name, device->name, sizeof(present->name));
	present->hub = find_hub(list, present->name);
	list->n++;
	return 0;
}

int present_read(const char *root, struct present_list *ret)
{
	*ret = (struct present_list){ .n = 0 };
	return device_list(root, add, ret);
}

void present_clear(struct present_list *list)
{
	free(list->item);
	*list = (struct present_list){ .n = 0 };
}

ptrdiff_t present_carrying(const struct present_list *list, const char *path)
{
	ptrdiff_t found = -1;

	while (*path) {
		const size_t length = strcspn(path, "/");
		const ptrdiff_t one = length > 0 ? find(list, path, length) : -1;

		if (one >= 0)
			found = one;
		path += length + (path[length] == '/');
	}
	return found;
}

const char *present_name(const struct present *present, char text[static PRESENT_NAME_SIZE])
{
	const struct device_texts *texts = &present->texts;

	(void)snprintf(text, PRESENT_NAME_SIZE, "%s \"%s%s%s\" (%04x:%04x)", present->name,
		       texts->manufacturer, texts->manufacturer[0] && texts->product[0] ? " " : "",
		       texts->product, present->facts.vendor, present->facts.product); /* fits */
	return text;
}

/* The value of @key in a file of lines KEY=VALUE. */
static int read_value(const char *path, const char *key, char *ret, size_t size)
{
	scoped_file FILE *stream = fopen(path, "re");
	const size_t length = strlen(key);
	char line[LOGIND_MAX];

	while (stream && fgets(line, sizeof(line), stream)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, key, length) != 0 || line[length] != '=')
			continue;
		if (strlen(line + length + 1) >= size)
			return -EMSGSIZE;
		memcpy(ret, line + length + 1, strlen(line + length + 1) + 1);
		return 0;
	}
	return -ENOENT;
}

void present_sitter(const char *root, const struct people *people, struct present_sitter *ret)
{
	char number[16] = "", session[SEAT_SESSION_MAX + 1] = "", class[32] = "";
	scoped_free char *seat = NULL, *file = NULL;
	const struct account *account;
	char *end;

	*ret = (struct present_sitter){ .is_there = false };
	if (asprintf(&seat, "%s/run/systemd/seats/" SEAT_DEFAULT, root) < 0 ||
	    read_value(seat, "ACTIVE_UID", number, sizeof(number)) < 0 ||
	    read_value(seat, "ACTIVE", session, sizeof(session)) < 0 || strchr(session, '/') ||
	    asprintf(&file, "%s/run/systemd/sessions/%s", root, session) < 0)
		return;
	if (read_value(file, "CLASS", class, sizeof(class)) == 0 && strcmp(class, "greeter") == 0)
		return;
	ret->uid = (uid_t)strtoul(number, &end, 10);
	account = end > number && *end == '\0' ? people_by_uid(people, ret->uid) : NULL;
	if (!account || strlen(account->name) >= sizeof(ret->user))
		return;
	memcpy(ret->user, account->name, strlen(account->name) + 1);
	ret->is_there = true;
}

/* The roles that @sitter holds by the policy that is asked, and what is granted beside it. */
static int find_roles(const struct present_asker *asker, const struct present_sitter *sitter,
		      struct role_names *ret)
{
	struct access_request request = { .uid = sitter->uid };
	struct subject subject;
	int64_t until;
	int r = subject_find(asker->root, asker->people, asker->policy, sitter->user, &subject);

	if (r < 0)
		return r;
	request.subject = subject.own;
	request.others = subject.others;
	request.n_others = subject.n_others;
	r = policy_roles_held(asker->policy, &request, asker->now, ret, &until);
	subject_clear(&subject);
	return r;
}

static int judge(const struct present_asker *asker, const struct device_facts *facts,
		 const struct media_subject *subject, struct media_verdict *ret)
{
	scoped(media_free_p) struct media_case *media = NULL;
	const int r = media_load(asker->policy, asker->root, facts, &media);

	if (r == 0)
		media_judge(media, facts, subject, asker->now, ret);
	return r;
}

int present_judge(const struct present_asker *asker, const struct present_list *list,
		  const struct present_sitter *sitter, struct media_verdict *ret)
{
	static const struct media_verdict everything = { .access = MEDIA_READ_WRITE,
							 .enforced = MEDIA_READ_WRITE,
							 .reason = MEDIA_NO_BLOCK };
	struct media_subject subject = { .present = sitter && sitter->is_there };
	scoped_free struct role_names *roles = calloc(1, sizeof(*roles));
	const char *names[ROLE_NAMES_MAX];
	int r = 0;

	if (!roles)
		return -ENOMEM;
	if (asker->policy && subject.present) {
		r = find_roles(asker, sitter, roles);
		subject.user = sitter->user;
		subject.uid = sitter->uid;
		subject.roles = names;
		subject.n_roles = roles->n;
	}
	for (size_t i = 0; i < roles->n; i++)
		names[i] = roles->name[i];
	for (size_t i = 0; r == 0 && i < list->n; i++) {
		ret[i] = everything;
		if (asker->policy)
			r = judge(asker, &list->item[i].facts, &subject, &ret[i]);
	}
	return r;
}
