/* SPDX-License-Identifier: MIT */
/* usb_device.c - a device that is another one by the time it is let in; what is said of devices. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cmocka.h>

#include <sereno/refused.h>
#include <sereno/scoped.h>

#include "usb_device.h"
#include "watching.h"

#define PORT "/devices/usb1/1-3"

/* A boot keyboard of 046d:c31c, and a stick of 0781:5567. */
static const char keyboard[] =
	"\x12\x01\x00\x02\x00\x00\x00\x08\x6d\x04\x1c\xc3\x00\x64\x01\x02\x00\x01"
	"\x09\x02\x22\x00\x01\x01\x00\xa0\x2d\x09\x04\x00\x00\x01\x03\x01\x01\x00"
	"\x09\x21\x10\x01\x00\x01\x22\x41\x00\x07\x05\x81\x03\x08\x00\x0a";
static const char stick[] =
	"\x12\x01\x00\x02\x00\x00\x00\x40\x81\x07\x67\x55\x00\x01\x01\x02\x03\x01"
	"\x09\x02\x20\x00\x01\x01\x00\x80\x32\x09\x04\x00\x00\x02\x08\x06\x50\x00"
	"\x07\x05\x81\x02\x00\x02\x00\x07\x05\x02\x02\x00\x02\x00";

struct place {
	char root[40];
	int journal;
	struct standing standing;
};

static void write_file(const struct place *place, const char *name, const void *bytes,
		       size_t length)
{
	char path[256];
	scoped_fd int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/sys" PORT "/%s", place->root, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
}

static void write_text(const struct place *place, const char *name, const char *text)
{
	write_file(place, name, text, strlen(text));
}

/* In the root. */
static void run(const struct place *place, const char *command)
{
	char whole[512];

	(void)snprintf(whole, sizeof(whole), "cd '%s' && %s", place->root, command);
	assert_int_equal(system(whole), 0);
}

static void plug_in(const struct place *place, const char *number, const char *vendor,
		    const char *product)
{
	run(place, "mkdir -p sys" PORT " sys/bus/usb/devices && "
		   "ln -sfn ../../../devices/usb1/1-3 sys/bus/usb/devices/1-3");
	write_text(place, "busnum", "1\n");
	write_text(place, "devnum", number);
	write_text(place, "idVendor", vendor);
	write_text(place, "idProduct", product);
	write_text(place, "authorized", "0\n");
	write_text(place, "bConfigurationValue", "\n");
	write_text(place, "uevent", "DEVTYPE=usb_device\n");
	write_text(place, "removable", "removable\n");
}

static void plug_in_keyboard(const struct place *place, const char *number)
{
	plug_in(place, number, "046d\n", "c31c\n");
	write_file(place, "descriptors", keyboard, sizeof(keyboard) - 1);
}

static void plug_in_stick(const struct place *place, const char *number)
{
	plug_in(place, number, "0781\n", "5567\n");
	write_file(place, "descriptors", stick, sizeof(stick) - 1);
	write_text(place, "product", "Cru\nzer' serial 'x\x1b[2J\n");
	write_text(place, "serial", "4C53\xe2\x80\xae\"\n");
}

static int listen_as_journal(const char *root)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/systemd/journal/socket",
		       root);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* Without a policy that can be used: keyboards are let in, and nothing else. */
static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	(void)snprintf(place->root, sizeof(place->root), "/tmp/sereno-usb-XXXXXX");
	assert_non_null(mkdtemp(place->root));
	run(place, "mkdir -p run/systemd/journal var/lib/sereno/generations");
	place->journal = listen_as_journal(place->root);
	standing_open(place->root, NULL, STANDING_BOOT_OPEN, &place->standing);
	assert_int_equal(place->standing.kind, STANDING_NO_POLICY);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	standing_close(&place->standing);
	(void)close(place->journal);
	run(place, "rm -rf \"$PWD\"");
	free(place);
	return 0;
}

static char authorized(const struct place *place)
{
	char path[256], byte = '?';
	scoped_fd int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/sys" PORT "/authorized", place->root);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(read(fd, &byte, 1), 1);
	return byte;
}

/* The line of the next event; "" where there is none. */
static const char *heard(const struct place *place, char text[static 8192])
{
	const ssize_t n = recv(place->journal, text, 8191, 0);
	char *message;

	text[n > 0 ? n : 0] = '\0';
	message = strstr(text, "MESSAGE=");
	if (!message)
		return "";
	message[strcspn(message, "\n")] = '\0';
	return message + 8;
}

static void judge(struct place *place, struct device *device, enum media_access access)
{
	struct media_verdict verdict;

	assert_int_equal(usb_device_judge(&place->standing, PORT, device, &verdict), 0);
	assert_int_equal(verdict.access, access);
}

/* A keyboard was decided about; a stick is at its port when it is to be let in. */
static void check_swap(void **state)
{
	struct place *place = *state;
	scoped(device_close) struct device device = DEVICE_CLOSED;
	const struct media_verdict allowed = { .access = MEDIA_READ_WRITE };
	scoped_file FILE *out = fopen("/dev/null", "we");

	plug_in_keyboard(place, "4\n");
	judge(place, &device, MEDIA_READ_WRITE);
	run(place, "mv sys" PORT " sys/gone");
	plug_in_stick(place, "5\n");
	(void)usb_device_carry_out(&place->standing, PORT, &device, &allowed, out);
	assert_int_equal(authorized(place), '0');
}

/* The kernel leaves a directory without attributes to who has opened it. */
static void check_pulled_out(void **state)
{
	struct place *place = *state;
	scoped(device_close) struct device device = DEVICE_CLOSED;
	const struct media_verdict allowed = { .access = MEDIA_READ_WRITE };
	char text[256] = "", line[8192];
	scoped_file FILE *out = fmemopen(text, sizeof(text), "w");

	plug_in_keyboard(place, "4\n");
	judge(place, &device, MEDIA_READ_WRITE);
	run(place, "rm -r sys" PORT);
	plug_in_stick(place, "5\n");
	assert_int_equal(usb_device_carry_out(&place->standing, PORT, &device, &allowed, out),
			 -ENODEV);
	(void)fflush(out);
	assert_string_equal(text, "");
	assert_string_equal(heard(place, line), "");
	assert_int_equal(authorized(place), '0');
}

/* The same directory, another number: the port was used again. */
static void check_another_number(void **state)
{
	struct place *place = *state;
	scoped(device_close) struct device device = DEVICE_CLOSED;
	const struct media_verdict allowed = { .access = MEDIA_READ_WRITE };
	scoped_file FILE *out = fopen("/dev/null", "we");

	plug_in_keyboard(place, "4\n");
	judge(place, &device, MEDIA_READ_WRITE);
	write_text(place, "devnum", "5\n");
	assert_int_equal(usb_device_carry_out(&place->standing, PORT, &device, &allowed, out),
			 -ENODEV);
	assert_int_equal(authorized(place), '0');
}

static void decide(struct place *place)
{
	scoped_file FILE *out = fopen("/dev/null", "we");

	assert_int_equal(usb_device_decide(&place->standing, STANDING_BOOT_OPEN, PORT, out), 0);
}

static void check_allowed_is_told_once(void **state)
{
	struct place *place = *state;
	char text[8192];

	plug_in_keyboard(place, "4\n");
	decide(place);
	assert_int_equal(authorized(place), '1');
	assert_memory_equal(heard(place, text),
			    "media.allowed service=\"udev\" device=\"1-3 046d:c31c ", 51);
	decide(place); /* udevadm trigger */
	assert_string_equal(heard(place, text), "");
}

/* What a device calls itself stays between its quotes, on one line. */
static void check_refused_is_told(void **state)
{
	struct place *place = *state;
	char text[8192];
	const char *line;

	plug_in_stick(place, "5\n");
	decide(place);
	assert_int_equal(authorized(place), '0');
	line = heard(place, text);
	assert_memory_equal(line, "media.refused service=\"udev\" device=\"1-3 0781:5567 ", 51);
	assert_non_null(strstr(line, " 'Cru\\x0azer? serial ?x\\x1b[2J' serial "
				     "'4C53\\xe2\\x80\\xae\\x22'\" verdict=deny reason=no-policy"));
	for (const char *c = line; *c; c++)
		assert_true(*c >= 0x20 && *c < 0x7f);
	decide(place); /* at once again: nothing more is said */
	assert_string_equal(heard(place, text), "");
}

/* It was let in before the policy was lost: it is left alone, and said. */
static void check_at_work(void **state)
{
	struct place *place = *state;
	char text[8192];

	plug_in_stick(place, "5\n");
	write_text(place, "authorized", "1\n");
	write_text(place, "bConfigurationValue", "1\n");
	decide(place);
	assert_int_equal(authorized(place), '1');
	assert_non_null(strstr(heard(place, text), "the policy cannot be used, and it is at work"));
}

/* Returns once it is at work. */
static pid_t begin_watching(const struct place *place)
{
	int fd = -1, ready[2];
	char byte = 0;
	pid_t child;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		byte = watching_begin(place->root, &fd) == 0;
		_exit(write(ready[1], &byte, 1) == 1 && pause());
	}
	assert_true(child > 0);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 1);
	(void)close(ready[0]);
	(void)close(ready[1]);
	return child;
}

static void carry_out_denied(struct place *place)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	const struct media_verdict denied = { .access = MEDIA_DENY, .until = INT64_MAX };
	scoped_file FILE *out = fopen("/dev/null", "we");

	judge(place, &device, MEDIA_DENY);
	place->standing.kind = STANDING_POLICY;
	assert_int_equal(usb_device_carry_out(&place->standing, PORT, &device, &denied, out), 0);
	place->standing.kind = STANDING_NO_POLICY;
}

/* udevadm trigger, while the watcher gives who uses it a little time to end that. */
static void check_left_to_the_watcher(void **state)
{
	struct place *place = *state;
	char text[8192];
	pid_t watcher;

	plug_in_stick(place, "5\n");
	write_text(place, "authorized", "1\n");
	write_text(place, "bConfigurationValue", "1\n");
	run(place,
	    "mkdir -m 0755 -p run/sereno && mkdir -m 0700 run/sereno/seats && touch run/sereno/seats/again");
	watcher = begin_watching(place);
	carry_out_denied(place);
	assert_int_equal(authorized(place), '1');
	assert_non_null(strstr(heard(place, text), "media.refused"));
	assert_int_equal(kill(watcher, SIGKILL), 0);
	assert_int_equal(waitpid(watcher, NULL, 0), watcher);
	carry_out_denied(place);
	assert_int_equal(authorized(place), '0');
	assert_non_null(strstr(heard(place, text), "media.removed"));
}

#define TEST(name, function)                            \
	{                                               \
		name, function, set_up, tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("another device between decision and write", check_swap),
		TEST("pulled out between decision and write", check_pulled_out),
		TEST("the port was used again", check_another_number),
		TEST("what is let in is told once", check_allowed_is_told_once),
		TEST("what is refused is told, and not each time", check_refused_is_told),
		TEST("what is at work when the policy is lost", check_at_work),
		TEST("what is at work is the watcher's to take", check_left_to_the_watcher),
	};

	return cmocka_run_group_tests_name("USB devices", tests, NULL, NULL);
}
