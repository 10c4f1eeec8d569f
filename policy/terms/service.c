/* SPDX-License-Identifier: MIT */
/*
 * service.c - the table of PAM services as Debian 12 packages name them.
 *
 * A service that is missing here is a login and needs a rule: forgetting one refuses, never
 * lets in. So a name belongs in the table only when its program lets nobody start a session.
 */
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/service.h>

/* clang-format off */
static const struct {
	const char *name;
	enum service_kind kind;
} services[] = {
	{ "sudo",                 SERVICE_ELEVATE },
	{ "sudo-i",               SERVICE_ELEVATE },
	{ "su",                   SERVICE_ELEVATE },
	{ "su-l",                 SERVICE_ELEVATE },
	{ "polkit-1",             SERVICE_ELEVATE }, /* pkexec, and whatever asks polkit */
	{ "doas",                 SERVICE_ELEVATE },

	{ "chsh",                 SERVICE_TOOL },
	{ "chfn",                 SERVICE_TOOL },

	{ "cron",                 SERVICE_JOB },
	{ "crond",                SERVICE_JOB }, /* cronie */
	{ "atd",                  SERVICE_JOB },
	{ "at",                   SERVICE_JOB },

	{ "systemd-user",         SERVICE_USER_MANAGER },

	/* gdm-password is not here: GDM unlocks and logs in by the same name. Nor is lightdm,
	 * which light-locker unlocks through. */
	{ "sereno-unlock",        SERVICE_UNLOCK },
	{ "cinnamon-screensaver", SERVICE_UNLOCK },
	{ "enlightenment",        SERVICE_UNLOCK },
	{ "gnome-screensaver",    SERVICE_UNLOCK },
	{ "gtklock",              SERVICE_UNLOCK },
	{ "i3lock",               SERVICE_UNLOCK },
	{ "kde",                  SERVICE_UNLOCK },
	{ "kde-fingerprint",      SERVICE_UNLOCK },
	{ "kde-smartcard",        SERVICE_UNLOCK },
	{ "mate-screensaver",     SERVICE_UNLOCK },
	{ "phosh",                SERVICE_UNLOCK },
	{ "physlock",             SERVICE_UNLOCK },
	{ "screen",               SERVICE_UNLOCK },
	{ "swaylock",             SERVICE_UNLOCK },
	{ "vlock",                SERVICE_UNLOCK },
	{ "xfce4-screensaver",    SERVICE_UNLOCK },
	{ "xlock",                SERVICE_UNLOCK },
	{ "xscreensaver",         SERVICE_UNLOCK },
	{ "xsecurelock",          SERVICE_UNLOCK },
};
/* clang-format on */

/* Run as root with the terminal or screen they open themselves. */
static const char *const line_owners[] = {
	"login",
	"gdm-autologin",
	"gdm-fingerprint",
	"gdm-launch-environment",
	"gdm-password",
	"gdm-smartcard",
	"gdm-smartcard-pkcs11-exclusive",
	"gdm-smartcard-sssd-exclusive",
	"gdm-smartcard-sssd-or-password",
	"greetd",
	"lightdm",
	"lightdm-autologin",
	"lightdm-greeter",
	"lxdm",
	"sddm",
	"sddm-autologin",
	"sddm-greeter",
	"slim",
	"wdm",
	"xdm",
};

enum service_kind service_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (strcmp(name, services[i].name) == 0)
			return services[i].kind;
	return SERVICE_LOGIN;
}

bool service_needs_rule(enum service_kind kind)
{
	switch (kind) {
	case SERVICE_LOGIN:
	case SERVICE_ELEVATE:
	case SERVICE_TOOL:
		return true;
	case SERVICE_JOB:
	case SERVICE_USER_MANAGER:
	case SERVICE_UNLOCK:
		return false;
	}
	return true; /* a number from nowhere: the strictest kind */
}

const char *service_canonical(const char *name)
{
	if (strcmp(name, "sudo-i") == 0)
		return "sudo";
	return strcmp(name, "su-l") == 0 ? "su" : name;
}

bool service_owns_line(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(line_owners); i++)
		if (strcmp(name, line_owners[i]) == 0)
			return true;
	return false;
}

const char *service_kind_name(enum service_kind kind)
{
	switch (kind) {
	case SERVICE_LOGIN:
		return "login";
	case SERVICE_ELEVATE:
		return "elevate";
	case SERVICE_TOOL:
		return "tool";
	case SERVICE_JOB:
		return "job";
	case SERVICE_USER_MANAGER:
		return "user-manager";
	case SERVICE_UNLOCK:
		return "unlock";
	}
	return "login"; /* a number from nowhere: the strictest kind */
}
