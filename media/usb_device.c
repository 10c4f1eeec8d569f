/* SPDX-License-Identifier: MIT */
/* usb_device.c - a USB device has come, or is looked at again: decided, let in or left off, told.
 */
#include "usb_device.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "answer.h"
#include "kept.h"
#include "noted.h"
#include "watching.h"

int usb_device_judge(struct standing *standing, const char *path, struct device *ret,
		     struct media_verdict *ret_verdict)
{
	int r = device_open(standing->root, path, ret);

	if (r < 0)
		return r == -ENOENT ? -ENODEV : r;
	r = device_has_twin(standing->root, ret);
	ret->facts.twin = r != 0; /* a look that failed saw a twin */
	standing_judge(standing, &ret->facts, ret_verdict);
	return 0;
}

static struct noted_device noted(const char *path, const struct device *device)
{
	return (struct noted_device){ path, &device->facts, &device->texts };
}

static int let_in(struct standing *standing, const char *path, struct device *device,
		  const struct media_verdict *verdict)
{
	const struct noted_device told = noted(path, device);
	const bool was_in = device->authorized;
	const int r = device_authorize(device, DEVICE_ON);

	if (r == -ENODEV)
		return r;
	if (r < 0)
		noted_failed(standing, path, "it could not be let in", r);
	else if (!was_in)
		noted_allowed(standing, &told, verdict);
	return r;
}

/* Why a device that is refused and at work is left there, or NULL: it goes. */
static const char *why_kept(const struct standing *standing, const struct device *device)
{
	if (standing->kind != STANDING_POLICY)
		return "the policy cannot be used, and it is at work";
	return device_is_kept(standing->root, device) ? "the host needs it" : NULL;
}

/* It was let in, by the kernel's default or by another policy. Where the watcher is at work, it may
 * be mounted, and its user be given time: that is not ours to end. */
static int put_out(struct standing *standing, const char *path, struct device *device,
		   const struct media_verdict *verdict)
{
	const char *kept = why_kept(standing, device);
	const struct noted_device told = noted(path, device);
	int r = 0;

	if (!kept && watching_is_on(standing->root) && seat_look_again(standing->root) == 0)
		return 0;
	if (!kept) {
		r = device_authorize(device, DEVICE_OFF);
		if (r < 0 && r != -ENODEV)
			noted_failed(standing, path, "it could not be put out", r);
	}
	if (r == 0)
		noted_put_out(standing, &told, verdict, kept);
	return r;
}

int usb_device_carry_out(struct standing *standing, const char *path, struct device *device,
			 const struct media_verdict *verdict, FILE *out)
{
	const struct noted_device told = noted(path, device);
	int r;

	if (verdict->access != MEDIA_DENY)
		r = let_in(standing, path, device, verdict);
	else
		r = device->authorized ? put_out(standing, path, device, verdict) : 0;
	if (r < 0)
		return r;
	answer_verdict(out, verdict);
	if (verdict->until != TIME_NO_END) /* the watcher has to know of it */
		(void)seat_look_again(standing->root);
	/* Heard before it is told: telling may take longer than the helper has. */
	if (verdict->access == MEDIA_DENY) {
		(void)fflush(out);
		noted_refused(standing, &told, verdict, NULL);
	}
	return 0;
}

/* What comes to this bus later starts off; or on, where nothing of ours is in force any more. */
static int set_bus_default(const struct standing *standing, enum standing_boot boot,
			   const struct device *bus)
{
	const bool closed = standing->kind == STANDING_NO_POLICY ||
			    (standing->kind == STANDING_POLICY && !standing->rules.observe);
	scoped_fd int fd = -1;

	if (!closed && boot == STANDING_BOOT_OPEN && standing->kind == STANDING_UNMANAGED)
		return 0;
	fd = openat(bus->fd, "authorized_default", O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || write(fd, closed ? "0" : "1", 1) != 1)
		return neg_errno();
	return 0;
}

/* Started off by the boot loader, and nothing in force that could let it in. */
static int let_in_unmanaged(struct standing *standing, enum standing_boot boot, const char *path)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	int r;

	if (boot == STANDING_BOOT_OPEN)
		return 0;
	r = device_open(standing->root, path, &device);
	if (r == 0 && device.is_root_hub)
		return set_bus_default(standing, boot, &device);
	return r == 0 ? device_authorize(&device, DEVICE_ON) : r;
}

int usb_device_decide(struct standing *standing, enum standing_boot boot, const char *path,
		      FILE *out)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct media_verdict verdict;
	int r;

	if (standing->kind == STANDING_UNMANAGED) {
		r = let_in_unmanaged(standing, boot, path);
		if (r == 0)
			answer_unmanaged(out);
		return r;
	}
	r = usb_device_judge(standing, path, &device, &verdict);
	if (r < 0)
		return r;
	if (!device.is_root_hub)
		return usb_device_carry_out(standing, path, &device, &verdict, out);
	answer_unmanaged(out);
	return set_bus_default(standing, boot, &device);
}
