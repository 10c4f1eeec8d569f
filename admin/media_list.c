/* SPDX-License-Identifier: MIT */
/* media_list.c - sereno media list: the devices that are there, and what is allowed with each. */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "escape.h"
#include "json.h"
#include "media.h"
#include "media_look.h"

#define COLUMNS 5

/* One that is there. */
struct found {
	char name[32]; /* "1-4.2", "sr0" */
	bool is_in;
	struct channel_device row;
	struct media_verdict verdict;
	char said[128]; /* of what is no USB device: what udev was told */
};

struct found_list {
	struct media_look look;
	struct found *item;
	size_t n, room;
};

static void found_clear(struct found_list *list)
{
	free(list->item);
	media_look_clear(&list->look);
}

static int add(struct found_list *list, const struct found *found)
{
	if (list->n == list->room) {
		const size_t room = list->room ? 2 * list->room : 16;
		struct found *grown = reallocarray(list->item, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		list->item = grown;
		list->room = room;
	}
	list->item[list->n++] = *found;
	return 0;
}

static int add_usb(void *context, struct device *device)
{
	struct found_list *list = context;
	scoped(media_free_p) struct media_case *media = NULL;
	struct found found = { .is_in = device->authorized };

	memcpy(found.name, device->name, sizeof(found.name));
	device->facts.in_use = device->authorized;
	device->facts.twin = device_has_twin(list->look.root, device) != 0; /* or not known */
	media_look_row(&device->facts, &device->texts, &found.row);
	media_look_judge(&list->look, &device->facts, &media, &found.verdict);
	return add(list, &found);
}

/* What our program told udev about @number, "8:0": "deny (kind)", or nothing. */
static bool read_udev(const char *root, const char *number, char *ret, size_t size)
{
	scoped_free char *path = NULL, *line = NULL;
	scoped_file FILE *stream = NULL;
	char word[32] = "", reason[64] = "";
	size_t room = 0;

	if (asprintf(&path, "%s/run/udev/data/b%s", root, number) < 0) {
		path = NULL;
		return false;
	}
	stream = fopen(path, "re");
	while (stream && getline(&line, &room, stream) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "E:SERENO_MEDIA=", 15) == 0)
			(void)snprintf(word, sizeof(word), "%.31s", line + 15); /* our words fit */
		if (strncmp(line, "E:SERENO_MEDIA_REASON=", 22) == 0)
			(void)snprintf(reason, sizeof(reason), "%.63s", line + 22);
	}
	(void)snprintf(ret, size, "%s%s%s", word, reason[0] ? ": " : "", reason);
	return word[0] && strcmp(word, "unmanaged") != 0;
}

/* A disk below USB is there already, as what it is part of. */
static bool is_on_usb(const char *root, const char *name)
{
	scoped_free char *path = NULL, *real = NULL;

	if (asprintf(&path, "%s/sys/class/block/%s", root, name) < 0) {
		path = NULL;
		return true;
	}
	real = realpath(path, NULL);
	return !real || strstr(real, "/usb");
}

static int add_block(struct found_list *list, const char *name)
{
	scoped_free char *path = NULL, *line = NULL;
	scoped_file FILE *stream = NULL;
	struct found found = { .is_in = true };
	size_t room = 0;

	if (strlen(name) >= sizeof(found.name) || is_on_usb(list->look.root, name))
		return 0;
	if (asprintf(&path, "%s/sys/class/block/%s/dev", list->look.root, name) < 0)
		return -ENOMEM;
	stream = fopen(path, "re");
	if (!stream || getline(&line, &room, stream) < 0)
		return 0; /* gone */
	line[strcspn(line, "\n")] = '\0';
	if (strspn(line, "0123456789:") != strlen(line) ||
	    !read_udev(list->look.root, line, found.said, sizeof(found.said)))
		return 0;
	memcpy(found.name, name, strlen(name) + 1);
	found.is_in = strncmp(found.said, "deny", 4) != 0;
	return add(list, &found);
}

static int add_blocks(struct found_list *list)
{
	scoped_free char *path = NULL;
	struct dirent **entries = NULL;
	int n, r = 0;

	if (asprintf(&path, "%s/sys/class/block", list->look.root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	n = scandir(path, &entries, NULL, versionsort);
	if (n < 0)
		return errno == ENOENT ? 0 : neg_errno();
	for (int i = 0; i < n; i++) {
		if (r == 0 && entries[i]->d_name[0] != '.')
			r = add_block(list, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return r;
}

/* Without @output the row is measured. */
static void print_row(const struct found *found, struct table *table, const struct output *output)
{
	char label[ESCAPE_MAX], numbers[MEDIA_DEVICE_TEXT], name[MEDIA_DEVICE_TEXT];
	char said[ESCAPE_MAX], why[MEDIA_WHY];
	const char *const cells[COLUMNS] = {
		escape(label, found->name),
		media_numbers(&found->row, numbers),
		media_name(&found->row, name),
		found->is_in ? _("in") : _("out"),
		found->said[0] ? escape(said, found->said) : media_why(&found->verdict, why),
	};

	if (output)
		table_print(table, output, found->is_in ? STYLE_PLAIN : STYLE_WARNING, cells);
	else
		table_measure(table, cells);
}

static void print(const struct found_list *list, const struct output *output)
{
	const char *const head[COLUMNS] = { _("NAME"), _("DEVICE"), _("CALLS ITSELF"), _("NOW"),
					    _("ALLOWED") };
	const struct media_subject *subject = &list->look.subject;
	struct table table = { .columns = COLUMNS };
	char user[ESCAPE_MAX];

	if (subject->present)
		output_print(output, STYLE_PLAIN,
			     subject->locked ? _("At the seat, locked: %s\n")
					     : _("At the seat: %s\n"),
			     escape(user, subject->user));
	else
		output_print(output, STYLE_PLAIN, "%s\n", _("Nobody is at the seat."));
	table_measure(&table, head);
	for (size_t i = 0; i < list->n; i++)
		print_row(&list->item[i], &table, NULL);
	table_print(&table, output, STYLE_STRONG, head);
	for (size_t i = 0; i < list->n; i++)
		print_row(&list->item[i], &table, output);
}

static void write_row(struct json *json, const struct found *found)
{
	char number[8];

	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "name", found->name);
	json_bool(json, "in", found->is_in);
	if (found->said[0]) {
		json_string(json, "said", found->said);
		json_end(json, JSON_OBJECT);
		return;
	}
	json_string(json, "device", found->row.device);
	(void)snprintf(number, sizeof(number), "%04x", found->row.vendor); /* fits */
	json_string(json, "vendor", number);
	(void)snprintf(number, sizeof(number), "%04x", found->row.product);
	json_string(json, "product", number);
	json_begin(json, "kinds", JSON_ARRAY);
	for (unsigned kind = 0; kind < DEVICE_KINDS; kind++)
		if (found->row.kinds & 1u << kind)
			json_string(json, NULL, device_kind_name((enum device_kind)kind));
	json_end(json, JSON_ARRAY);
	json_string(json, "calls_itself", found->row.name);
	json_string(json, "serial", found->row.serial);
	media_write_verdict(json, &found->verdict);
	json_end(json, JSON_OBJECT);
}

static void write_json(const struct found_list *list, const struct output *output)
{
	const struct media_subject *subject = &list->look.subject;
	struct json json = { .stream = output->stream };

	json_begin(&json, NULL, JSON_OBJECT);
	json_string(&json, "user", subject->present ? subject->user : NULL);
	json_bool(&json, "locked", subject->locked);
	json_begin(&json, "devices", JSON_ARRAY);
	for (size_t i = 0; i < list->n; i++)
		write_row(&json, &list->item[i]);
	json_end(&json, JSON_ARRAY);
	json_end(&json, JSON_OBJECT);
}

enum exit_status media_list(const struct options *options, const struct output *output)
{
	scoped(found_clear) struct found_list list = { .n = 0 };
	enum exit_status status = media_look_open(options, &list.look);
	int r;

	if (status == EXIT_YES)
		status = media_look_at_seat(&list.look);
	if (status != EXIT_YES)
		return status;
	r = device_list(options->root, add_usb, &list);
	if (r == 0)
		r = add_blocks(&list);
	if (r < 0)
		return complain_error(r, _("the devices cannot be listed"));
	if (options->given & OPTION_JSON)
		write_json(&list, output);
	else
		print(&list, output);
	return EXIT_YES;
}
