/* SPDX-License-Identifier: MIT */
/* keys_media.c - the keys of the block media:. */
#include <sereno/model.h>
#include <sereno/scoped.h>

#include "keys.h"

/* clang-format off */
#define BLOCK(table) .keys = (table), .n = ARRAY_SIZE(table)
#define MEDIA(field) .offset = offsetof(struct media_block, field)
#define REQUESTS(field) .offset = offsetof(struct media_requests_block, field)
#define DEVICE(field) .offset = offsetof(struct device_block, field)
#define RULE(field) .offset = offsetof(struct device_rule, field)
#define WORD(number, words_, standard_) KEY_CHOICE, MEDIA(word[number]), .words = (words_), .standard = (standard_)

static const struct key requests_keys[] = {
	{ "approved-by", KEY_ROLE_NAMES, REQUESTS(approved_by),
	  .about = "Roles of which one holder answers. Never who asks, nor another account of the same person.",
	  .example = "approved-by: [sysadmin]" },
	{ "approved-by-each", KEY_ROLE_NAMES, REQUESTS(approved_by_each),
	  .about = "Instead: roles of each of which one holder says yes, different persons.",
	  .example = "approved-by-each: [head, sysadmin]" },
};

static const struct block requests_block = {
	.title = "media.requests", BLOCK(requests_keys),
	.about = "Devices that were refused may be asked for. Left out: they may not.",
};

static const struct key device_keys[DEVICE_KEYS] = {
	[DEVICE_KEY_VENDOR] = { "vendor", KEY_NUMBER16, DEVICE(vendor),
	  .about = "The vendor's number, as lsusb shows it.", .example = "vendor: '0951'" },
	[DEVICE_KEY_PRODUCT] = { "product", KEY_NUMBER16, DEVICE(product),
	  .about = "The number that the vendor gave the product; vendor stands beside it.",
	  .example = "vendor: '0951'\nproduct: '1666'" },
	[DEVICE_KEY_SERIAL] = { "serial", KEY_SERIALS, DEVICE(serials),
	  .about = "Serial numbers, one of which the device has; vendor and product stand beside them. One that tells "
		   "nothing (short, one character over and over, a row as 0123456789) is a fault.",
	  .example = "vendor: '0951'\nproduct: '1666'\nserial: [60A44C413FAE1, 60A44C413FAE2]" },
	[DEVICE_KEY_KIND] = { "kind", KEY_KIND, DEVICE(kind),
	  .about = "What an interface of the device can do; the rule is for those interfaces alone. One of the words "
		   "above, which stand for all that they do there, or exactly hub, keyboard, pointer, debug, audio, "
		   "video, printer, smart-card, vendor, unlisted.",
	  .example = "kind: storage" },
};

static const struct block device_block = {
	.title = "media.rules.device", BLOCK(device_keys), .places = offsetof(struct device_block, key_at),
	.about = "Which devices a rule is for: all that is written must fit.",
};

/* In the order of enum device_rule_access. */
static const char *const rule_words[] = { "deny", "encrypted", "read-only", "read-write", "allow", NULL };
static const struct key rule_keys[DEVICE_RULE_KEYS] = {
	[DEVICE_RULE_KEY_NAME] = { "name", KEY_NAME, KEY_MANDATORY, RULE(name),
	  .about = "What the rule is called, once in the block.", .example = "name: backup-disks" },
	[DEVICE_RULE_KEY_DEVICE] = { "device", KEY_OWN_BLOCK, KEY_MANDATORY, RULE(device), .block = &device_block,
	  .about = "Which devices it is for.", .example = "device: {vendor: '0951', product: '1666'}" },
	[DEVICE_RULE_KEY_ROLES] = { "roles", KEY_HOLDERS, RULE(roles), .standard = "whoever sits there",
	  .about = "Roles whose holders the rule is for. The word system: whoever sits at the seat, locked or not, and "
		   "nobody.",
	  .example = "roles: [sysadmin]" },
	[DEVICE_RULE_KEY_SINCE] = { "since", KEY_SINCE, RULE(valid.since), .standard = "always",
	  .about = "The rule holds from this day or minute on.", .example = "since: 2026-03-01T08:00" },
	[DEVICE_RULE_KEY_UNTIL] = { "until", KEY_UNTIL, RULE(valid.until), .standard = "for ever",
	  .about = "The rule holds through the end of this day, or up to this minute.", .example = "until: 2026-12-31" },
	[DEVICE_RULE_KEY_HOSTS] = { "hosts", KEY_HOSTS, RULE(hosts), .standard = "all",
	  .about = "Host names, patterns with * and ?, or names of hosts:, compared when the policy is applied.",
	  .example = "hosts: [databases, 'web-*']" },
	[DEVICE_RULE_KEY_ACCESS] = { "access", KEY_CHOICE, KEY_MANDATORY, RULE(access), .words = rule_words,
	  .about = "Of what stores: deny, encrypted, read-only or read-write; these three say nothing of other interfaces "
		   "that the device has. Of anything else: deny or allow; allow is all that the device is, and by serial "
		   "also where that does not belong together.",
	  .example = "access: read-write" },
};

static const struct block rule_block = {
	.title = "media.rules", BLOCK(rule_keys), .places = offsetof(struct device_rule, key_at),
	.about = "Rules for devices; their order means nothing. A deny wins. Then, for each kind of interface that the "
		 "device has, the closest rule that fits (by serial, product, vendor, kind alone), of equals the one "
		 "that gives more; then built-in, then the word for the kind. The device gets the least of what its "
		 "interfaces get. One that stores and types, or the like, is denied unless a rule without kind names it "
		 "by serial; one that calls itself the same as another that is in use, in any case.",
};

/* In the order of enum media_access; of allow_words 1 is allow. */
static const char *const storage_words[] = { "deny", "encrypted", "read-only", "read-write", NULL };
static const char *const allow_words[] = { "deny", "allow", NULL };
/* In the order of enum media_on_lock. */
static const char *const lock_words[] = { "deny-new", "keep", NULL };

static const struct key media_keys[MEDIA_KEYS] = {
	[MEDIA_WORD_STORAGE] = { "storage", WORD(MEDIA_WORD_STORAGE, storage_words, "deny"),
	  .about = "Sticks, disks, cards. encrypted: LUKS and nothing else on it, for reading and writing.",
	  .example = "storage: encrypted" },
	[MEDIA_WORD_OPTICAL] = { "optical", WORD(MEDIA_WORD_OPTICAL, storage_words, "read-only"),
	  .about = "CD, DVD and the like.", .example = "optical: read-only" },
	[MEDIA_WORD_PHONE] = { "phone", WORD(MEDIA_WORD_PHONE, allow_words, "deny"),
	  .about = "Phones and cameras (MTP, PTP), debug bridges.", .example = "phone: deny" },
	[MEDIA_WORD_NETWORK] = { "network", WORD(MEDIA_WORD_NETWORK, allow_words, "deny"),
	  .about = "Ethernet, Wi-Fi, modems, Bluetooth: a second way out of the segment.", .example = "network: deny" },
	[MEDIA_WORD_SERIAL] = { "serial", WORD(MEDIA_WORD_SERIAL, allow_words, "deny"),
	  .about = "Serial lines.", .example = "serial: deny" },
	[MEDIA_WORD_UNKNOWN] = { "unknown", WORD(MEDIA_WORD_UNKNOWN, allow_words, "deny"),
	  .about = "Classes of a vendor's own, as many Wi-Fi sticks have, and any class that no other word is for.",
	  .example = "unknown: deny" },
	[MEDIA_WORD_INPUT] = { "input", WORD(MEDIA_WORD_INPUT, allow_words, "allow"),
	  .about = "Keyboards, mice and hubs.", .example = "input: allow" },
	[MEDIA_WORD_OTHER] = { "other", WORD(MEDIA_WORD_OTHER, allow_words, "allow"),
	  .about = "Audio, video, printers, smart cards.", .example = "other: allow" },
	[MEDIA_WORD_BUILT_IN] = { "built-in", WORD(MEDIA_WORD_BUILT_IN, allow_words, "allow"),
	  .about = "Whatever is on a port that the firmware calls fixed, where no rule fits, instead of the words above.",
	  .example = "built-in: allow" },
	[MEDIA_KEY_MOUNT_OPTIONS] = { "mount-options", KEY_MOUNT_OPTIONS, MEDIA(mount_options),
	  .standard = "[noexec, nosuid, nodev]",
	  .about = "How storage is mounted.", .example = "mount-options: [noexec, nosuid, nodev]" },
	[MEDIA_KEY_ON_LOCK] = { "on-lock", KEY_CHOICE, MEDIA(on_lock), .words = lock_words, .standard = "deny-new",
	  .about = "deny-new: behind a locked screen no storage, optical medium or phone is let in that was not in use "
		   "before. Logging out and switching users always take them away.",
	  .example = "on-lock: deny-new" },
	[MEDIA_KEY_REQUESTS] = { "requests", KEY_OWN_BLOCK, MEDIA(requests), .block = &requests_block,
	  .about = "Who answers requests for what is denied.", .example = "requests: {approved-by: [sysadmin]}" },
	[MEDIA_KEY_RULES] = { "rules", KEY_DEVICE_RULES, MEDIA(rules), .block = &rule_block,
	  .about = "What is otherwise for some devices or some roles.",
	  .example = "rules:\n  - name: any-encrypted-stick\n    device: {kind: storage}\n    roles: [employee]\n    access: encrypted" },
};

const struct block block_media = {
	.title = "media", BLOCK(media_keys), .places = offsetof(struct media_block, key_at),
	.about = "Removable media and other devices: the subject is who sits at the seat now; nobody there is a holder of "
		 "no role, and gets no storage, optical medium or phone. Left out: sereno does not look at devices.",
};
/* clang-format on */
