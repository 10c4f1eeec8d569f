/* SPDX-License-Identifier: MIT */
/* groups.c - which Unix groups are as good as root, and which names ours may have. */
#include <stddef.h>
#include <string.h>

#include <sereno/groups.h>

/* clang-format off */
static const char *const powerful[] = {
	"root",
	"sudo", "wheel", "admin", "google-sudoers",	/* sudo's and polkit's administrators */
	"shadow",					/* everybody's hashes */
	"disk",						/* every file system, past its permissions */
	"kmem",						/* memory of the kernel */
	"input",					/* every key typed at the seat, root's password too */
	"staff", "src",					/* what root runs: /usr/local, and modules built from /usr/src */
	"docker", "lxd", "incus-admin", "libvirt",	/* daemons that start what they are told as root */
	"microk8s", "snap_microk8s",
	NULL,
};
/* clang-format on */

const char *const *powerful_groups(void)
{
	return powerful;
}

bool group_is_powerful(const char *name)
{
	for (const char *const *one = powerful; *one; one++)
		if (strcmp(*one, name) == 0)
			return true;
	return false;
}

static bool is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_';
}

bool own_group_name(const char *name)
{
	size_t length = 0;

	if (!is_lower(name[0]))
		return false;
	for (; name[length] != '\0'; length++) {
		const char c = name[length];

		if (!is_lower(c) && c != '-' && (c < '0' || c > '9'))
			return false;
	}
	return length <= OWN_GROUP_NAME_MAX;
}
