/* SPDX-License-Identifier: MIT */
/* devices.c - tests: devices that people let in through serenod, and by whom not. Needs root, for
 * several users; without, nothing is tested. */
#include "speaker.h"

#include <sereno/device_grants.h>
#include <sereno/refused.h>
#include <sereno/register.h>
#include <sereno/register_devices.h>

#define ROLES                                                                             \
	"  sysadmin: {members: [man, mail], allow: [{services: [sshd], from: [seat]}]}\n" \
	"  head: {members: [news, mail], allow: [{services: [sshd], from: [seat]}]}\n"
#define BY_ONE                                \
	ROLES "approvals: {by-request: 2d}\n" \
	      "media: {storage: deny, requests: {approved-by: [sysadmin]}}\n"
#define BY_EACH                               \
	ROLES "approvals: {by-request: 2d}\n" \
	      "media: {storage: deny, requests: {approved-by-each: [head, sysadmin]}}\n"

static const struct speaker games = { "games", "games", IN_TURN };
static const struct speaker man = { "man", "man", IN_TURN };
static const struct speaker mail = { "mail", "mail", IN_TURN };
static const struct speaker news = { "news", "news", IN_TURN };

static const uint8_t identity[DEVICE_IDENTITY_SIZE] = { 0xa1, 0xb2, 0xc3 };
#define ID "a1b2c30000000000"

/* A stick that games had refused. */
static void refuse_stick(const struct house *house)
{
	struct refused stick = {
		.vendor = 0x0951,
		.product = 0x1666,
		.kinds = 1u << KIND_STORAGE,
		.texts = { "Kingston", "Data\033[2J\nTraveler 'x'", "60A44C41" },
		.path = "/devices/usb1/1-1",
		.user = "games",
		.uid = uid_of("games"),
		.reason = MEDIA_BY_WORD,
		.last = time(NULL),
	};

	memcpy(stick.identity, identity, sizeof(identity));
	assert_int_equal(refused_note(house->root, &stick), 1);
}

static void begin(struct house *house, const char *policy)
{
	if (getuid() != 0)
		skip();
	house_policy(house, policy);
	refuse_stick(house);
	house_start(house);
}

static struct channel_request let_in(const char *user, enum media_access access)
{
	struct channel_request request = { .kind = CHANNEL_LET_IN,
					   .access = access,
					   .for_sec = 1800 };

	set_text(request.device, sizeof(request.device), ID);
	set_text(request.user, sizeof(request.user), user);
	set_text(request.reason, sizeof(request.reason), "a quarter's accounts");
	return request;
}

static struct channel_request about(enum channel_kind kind, uint32_t id)
{
	struct channel_request request = { .kind = kind, .id = id };

	set_text(request.reason, sizeof(request.reason), "a reason");
	return request;
}

static struct channel_request devices(enum channel_about what)
{
	return (struct channel_request){ .kind = CHANNEL_DEVICES, .about = what };
}

/* What the stick would get now, were games at the seat. */
static enum media_access given(const struct house *house)
{
	const struct media_subject subject = { .present = true,
					       .user = "games",
					       .uid = uid_of("games") };
	struct device_facts facts = {
		.kinds = 1u << KIND_STORAGE, .has_ids = true, .vendor = 0x0951, .product = 0x1666
	};
	scoped(policy_close_p) struct policy *policy = NULL;
	scoped(media_free_p) struct media_case *media = NULL;
	struct media_verdict verdict;

	memcpy(facts.identity, identity, sizeof(identity));
	assert_int_equal(policy_open(house->root, &policy), 0);
	assert_int_equal(media_load(policy, house->root, &facts, &media), 0);
	media_judge(media, &facts, &subject, time(NULL), &verdict);
	return verdict.access;
}

static void approved_by_one(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house, BY_ONE);
	assert_int_equal(given(house), MEDIA_DENY);
	assert_int_equal(say(house, &man, devices(CHANNEL_ABOUT_REFUSED), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.n_devices, 1);
	assert_string_equal(reply.device[0].device, ID);
	assert_string_equal(reply.device[0].name, "Kingston Data?[2J?Traveler 'x'");
	assert_true(reply.device[0].mine_to_decide);
	assert_int_equal(say(house, &man, let_in("games", MEDIA_READ_ONLY), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.n_devices, 1);
	assert_int_equal(reply.device[0].state, CHANNEL_DEVICE_GRANTED);
	assert_int_equal(reply.device[0].grant, 1);
	assert_event(house, "media.approved subject=\"man\" target=\"games\"");
	assert_event(house, "media.granted subject=\"man\" target=\"games\"");
	assert_event(house, "");
	assert_int_equal(given(house), MEDIA_READ_ONLY);
	assert_int_equal(say(house, &man, devices(CHANNEL_ABOUT_REFUSED), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.n_devices, 0);
	assert_int_equal(say(house, &man, about(CHANNEL_DEVICE_REVOKE, 1), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.device[0].state, CHANNEL_DEVICE_REVOKED);
	assert_event(house, "media.revoked subject=\"man\" target=\"games\"");
	assert_int_equal(given(house), MEDIA_DENY);
}

/* The first of two opens a request, the other closes it; the first does not count twice, nor does
 * who could stand for both roles. */
static void approved_by_each(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house, BY_EACH);
	assert_int_equal(say(house, &mail, let_in("games", MEDIA_READ_WRITE), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.device[0].state, CHANNEL_DEVICE_OPEN);
	assert_int_equal(reply.device[0].request, 1);
	assert_true(reply.device[0].each);
	assert_string_equal(reply.device[0].roles, "head, sysadmin");
	assert_event(house, "media.approved subject=\"mail\" target=\"games\"");
	assert_event(house, "");
	assert_int_equal(given(house), MEDIA_DENY);
	assert_int_equal(say(house, &mail, about(CHANNEL_DEVICE_APPROVE, 1), &reply),
			 CHANNEL_NOT_ALLOWED);
	assert_string_equal(reply.why, register_refusal_text(REFUSED_SAID_YES));
	assert_int_equal(given(house), MEDIA_DENY);
	assert_int_equal(say(house, &news, about(CHANNEL_DEVICE_APPROVE, 1), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.device[0].grant, 1);
	assert_int_equal(given(house), MEDIA_READ_WRITE);
	assert_int_equal(say(house, &man, about(CHANNEL_DEVICE_APPROVE, 1), &reply),
			 CHANNEL_NOT_ALLOWED);
	assert_string_equal(reply.why, register_refusal_text(REFUSED_DECIDED));
}

/* Who gives the list's number and the same terms means the same. */
static void same_terms(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house, BY_EACH);
	assert_int_equal(say(house, &man, let_in("games", MEDIA_READ_ONLY), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(say(house, &news, let_in("games", MEDIA_READ_WRITE), &reply),
			 CHANNEL_NOT_ALLOWED);
	assert_string_equal(reply.why, register_refusal_text(REFUSED_ALREADY));
	assert_int_equal(say(house, &news, let_in("games", MEDIA_READ_ONLY), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.device[0].request, 1);
	assert_int_equal(given(house), MEDIA_READ_ONLY);
}

/* What the first one said counts by what he still is when the second one says it. */
static void approver_loses_role(void **state)
{
	static const char without_man[] =
		"  sysadmin: {members: [mail], allow: [{services: [sshd], from: [seat]}]}\n"
		"  head: {members: [news], allow: [{services: [sshd], from: [seat]}]}\n"
		"media: {storage: deny, requests: {approved-by-each: [head, sysadmin]}}\n";
	struct house *house = *state;
	struct channel_reply reply;

	begin(house, BY_EACH);
	assert_int_equal(say(house, &man, let_in("games", MEDIA_READ_ONLY), &reply),
			 CHANNEL_ACCEPTED);
	house_policy(house, without_man);
	assert_int_equal(say(house, &news, about(CHANNEL_DEVICE_APPROVE, 1), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.device[0].state, CHANNEL_DEVICE_OPEN);
	assert_int_equal(given(house), MEDIA_DENY);
	assert_int_equal(say(house, &mail, about(CHANNEL_DEVICE_APPROVE, 1), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(given(house), MEDIA_READ_ONLY);
}

static void denied(void **state)
{
	struct house *house = *state;
	struct channel_request no = about(CHANNEL_DEVICE_DENY, 0);
	struct channel_reply reply;

	begin(house, BY_EACH);
	assert_int_equal(say(house, &man, let_in("games", MEDIA_READ_ONLY), &reply),
			 CHANNEL_ACCEPTED);
	drop_events(house);
	assert_int_equal(say(house, &news, about(CHANNEL_DEVICE_DENY, 1), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.device[0].state, CHANNEL_DEVICE_DENIED);
	assert_event(house, "media.denied subject=\"news\"");
	assert_int_equal(say(house, &mail, about(CHANNEL_DEVICE_APPROVE, 1), &reply),
			 CHANNEL_NOT_ALLOWED);
	set_text(no.device, sizeof(no.device), ID);
	assert_int_equal(say(house, &games, no, &reply), CHANNEL_NOT_ALLOWED);
	assert_int_equal(say(house, &man, no, &reply), CHANNEL_ACCEPTED);
	assert_int_equal(say(house, &man, devices(CHANNEL_ABOUT_REFUSED), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.n_devices, 0);
	assert_int_equal(say(house, &man, no, &reply), CHANNEL_NOT_ALLOWED);
}

static const struct stranger {
	const char *name;
	struct speaker speaker;
	const char *user, *why;
} strangers[] = {
	{ "in another's login",
	  { "man", "games", IN_TURN },
	  "games",
	  "who decides must have logged in as himself, not by su or sudo" },
	{ "in root's login",
	  { "man", "root", IN_TURN },
	  "games",
	  "who decides must have logged in as himself, not by su or sudo" },
	{ "in no login",
	  { "man", NULL, IN_TURN },
	  "games",
	  "the kernel knows no login that this runs in: log in as yourself to decide" },
	{ "without having been answered",
	  { "man", "man", ALONE },
	  "games",
	  "the process that asks is not the one that has connected" },
	{ "another process than has connected",
	  { "man", "man", BY_A_CHILD },
	  "games",
	  "the process that asks is not the one that has connected" },
	{ "for himself",
	  { "man", "man", IN_TURN },
	  "man",
	  "nobody lets a device in for himself, nor for another account of his own" },
	{ "who holds no role that approves",
	  { "games", "games", IN_TURN },
	  "man",
	  "no role held now may decide this" },
	{ "for nobody", { "man", "man", IN_TURN }, "no-such-user", "there is no such user" },
};

static void who_decides(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house, BY_ONE);
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		const struct stranger *row = &strangers[i];
		const enum channel_answer answer =
			say(house, &row->speaker, let_in(row->user, MEDIA_READ_ONLY), &reply);

		if (answer != CHANNEL_NOT_ALLOWED || strcmp(reply.why, row->why) != 0)
			fail_msg("%s: %d, %s", row->name, (int)answer, reply.why);
		assert_event(house, "request.refused subject=");
	}
	assert_int_equal(given(house), MEDIA_DENY);
}

static void nobody_approves(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house, ROLES "media: {storage: deny}\n");
	assert_int_equal(say(house, &man, let_in("games", MEDIA_READ_ONLY), &reply),
			 CHANNEL_NOT_ALLOWED);
	assert_string_equal(reply.why, register_refusal_text(REFUSED_NO_APPROVERS));
	assert_int_equal(say(house, &man, devices(CHANNEL_ABOUT_REFUSED), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.n_devices, 0);
}

/* Each sees what is about himself, whoever approves sees all. */
static void who_sees(void **state)
{
	const struct speaker daemon = { "daemon", "daemon", IN_TURN };
	struct house *house = *state;
	struct channel_reply reply;

	begin(house, BY_ONE);
	assert_int_equal(say(house, &games, devices(CHANNEL_ABOUT_REFUSED), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.n_devices, 1);
	assert_false(reply.device[0].mine_to_decide);
	assert_int_equal(say(house, &daemon, devices(CHANNEL_ABOUT_REFUSED), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.n_devices, 0);
	assert_int_equal(say(house, &man, let_in("games", MEDIA_READ_ONLY), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(say(house, &daemon, devices(CHANNEL_ABOUT_GRANTS), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.n_devices, 0);
	assert_int_equal(say(house, &games, devices(CHANNEL_ABOUT_GRANTS), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.n_devices, 1);
	assert_int_equal(say(house, &daemon, about(CHANNEL_DEVICE_REVOKE, 1), &reply),
			 CHANNEL_NOT_ALLOWED);
	assert_int_equal(say(house, &games, about(CHANNEL_DEVICE_REVOKE, 1), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(given(house), MEDIA_DENY);
}

/* More than fits into one reply comes in several, once each. */
static void many_refused(void **state)
{
	struct house *house = *state;
	struct channel_request request = devices(CHANNEL_ABOUT_REFUSED);
	struct refused stick = { .kinds = 1u << KIND_STORAGE, .reason = MEDIA_BY_WORD };
	char seen[32][REFUSED_ID_SIZE];
	struct channel_reply reply;
	uint32_t n = 0;

	begin(house, BY_ONE);
	for (uint8_t i = 0; i < 10; i++) {
		stick.identity[0] = i;
		stick.last = time(NULL);
		memset(stick.texts.product, 'x', DEVICE_TEXT_MAX);
		(void)snprintf(stick.path, sizeof(stick.path), "/devices/usb1/1-%u", i + 2);
		assert_int_equal(refused_note(house->root, &stick), 1);
	}
	do {
		request.after = n;
		assert_int_equal(say(house, &man, request, &reply), CHANNEL_ACCEPTED);
		for (uint32_t i = 0; i < reply.n_devices; i++)
			memcpy(seen[n++], reply.device[i].device, REFUSED_ID_SIZE);
	} while (reply.more && n < 20);
	assert_int_equal(n, 11);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < i; k++)
			assert_string_not_equal(seen[i], seen[k]);
}

/* What no approval changes is not approved. */
static void denied_by_rule(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house,
	      ROLES "media:\n  storage: deny\n  requests: {approved-by: [sysadmin]}\n  rules:\n"
		    "    - {name: lost, device: {vendor: '0951', product: '1666'}, roles: [head],"
		    " access: deny}\n");
	assert_int_equal(say(house, &man, let_in("news", MEDIA_READ_ONLY), &reply),
			 CHANNEL_NOT_ALLOWED);
	assert_string_equal(reply.why,
			    "a rule of the policy denies that device: no grant changes that");
	assert_int_equal(say(house, &man, let_in("games", MEDIA_READ_ONLY), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(given(house), MEDIA_READ_ONLY);
}

static const struct vain {
	const char *name;
	unsigned kinds;
	enum media_reason reason;
	enum media_access access;
	enum channel_answer answer;
} vain[] = {
	{ "storage, to be read", 1u << KIND_STORAGE, MEDIA_BY_WORD, MEDIA_READ_ONLY,
	  CHANNEL_ACCEPTED },
	{ "a phone, to be read", 1u << KIND_PHONE, MEDIA_BY_WORD, MEDIA_READ_ONLY,
	  CHANNEL_NOT_ALLOWED },
	{ "a phone", 1u << KIND_PHONE, MEDIA_BY_WORD, MEDIA_READ_WRITE, CHANNEL_ACCEPTED },
	{ "what stores and types", 1u << KIND_STORAGE | 1u << KIND_KEYBOARD, MEDIA_IS_SUSPICIOUS,
	  MEDIA_READ_WRITE, CHANNEL_NOT_ALLOWED },
	{ "what contradicts itself", 0, MEDIA_IS_MALFORMED, MEDIA_READ_WRITE, CHANNEL_NOT_ALLOWED },
};

static void in_vain(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house, BY_ONE);
	for (size_t i = 0; i < ARRAY_SIZE(vain); i++) {
		struct refused device = { .identity = { (uint8_t)i },
					  .kinds = vain[i].kinds,
					  .reason = vain[i].reason,
					  .last = time(NULL) };
		struct channel_request request = let_in("games", vain[i].access);

		(void)snprintf(device.path, sizeof(device.path), "/devices/usb1/1-%zu", i + 2);
		refused_id(device.identity, request.device);
		assert_int_equal(refused_note(house->root, &device), 1);
		if (say(house, &man, request, &reply) != vain[i].answer)
			fail_msg("%s: %d, %s", vain[i].name, (int)reply.answer, reply.why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(approved_by_one),     IN_HOUSE(approved_by_each), IN_HOUSE(same_terms),
		IN_HOUSE(approver_loses_role), IN_HOUSE(denied),	   IN_HOUSE(who_decides),
		IN_HOUSE(nobody_approves),     IN_HOUSE(who_sees),	   IN_HOUSE(many_refused),
		IN_HOUSE(denied_by_rule),      IN_HOUSE(in_vain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
