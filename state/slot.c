/* SPDX-License-Identifier: MIT */
/*
 * slot.c - small records that outlive a crash, a full disk and a power cut.
 *
 * The file is two slots, each a block of its own, so that no write touches the block that the
 * newer record lies in. It is born with two sound records, generations 1 and 2, whose payload is
 * zero: "never written" is thereby a statement covered by checksum or seal. Zeroed, cut or swapped
 * bytes are damage, whenever it happened, and a torn first write falls back like any other.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/slot.h>

#include "slot_place.h"
#include "slot_record.h"

#define SLOT_BLOCK	 4096 /* of file systems and disks */
#define SLOT_COUNT	 2
#define GENERATION_BLANK 2 /* newest of a file that nobody has written yet */
#define CREATE_TRIES	 3

struct slot_file {
	int fd;
	struct slot_identity identity; /* its texts are the copies below */
	char name[SLOT_NAME_MAX + 1];
	char user[SLOT_USER_MAX + 1];
	struct seal_key *key;
	size_t slot_size;    /* whole blocks */
	uint64_t generation; /* of the record that stands; 0: not looked yet */
	uint8_t *payloads[SLOT_COUNT];
	uint8_t *slot; /* one slot as it lies on the disk */
	size_t length; /* of this object */
	uint8_t memory[];
};

static size_t slot_size(const struct slot_kind *kind)
{
	return (slot_record_size(kind) + SLOT_BLOCK - 1) / SLOT_BLOCK * SLOT_BLOCK;
}

static int file_new(const struct slot_kind *kind, const struct slot_owner *owner,
		    struct slot_file **ret)
{
	const size_t size = slot_size(kind);
	const size_t length =
		sizeof(struct slot_file) + size + SLOT_COUNT * (size_t)kind->payload_size;
	struct slot_file *file = calloc(1, length);

	if (!file)
		return -ENOMEM;
	file->fd = -1;
	file->length = length;
	file->slot_size = size;
	file->slot = file->memory;
	for (size_t i = 0; i < SLOT_COUNT; i++)
		file->payloads[i] = file->memory + size + i * kind->payload_size;
	/* Both are bounded by slot_record_check(). */
	memcpy(file->name, owner->name, strlen(owner->name));
	memcpy(file->user, owner->user, strlen(owner->user));
	file->identity.kind = kind;
	file->identity.owner = (struct slot_owner){ file->name, file->user, owner->uid };
	*ret = file;
	return 0;
}

static int load_key(struct slot_file *file, const char *root, int state, enum slot_missing missing)
{
	const struct slot_seal *seal = file->identity.kind->seal;
	int r;

	if (!seal || file->key)
		return 0;
	r = seal->key_open(root, state, missing, &file->key);
	if (r < 0)
		return r;
	file->identity.key = file->key;
	return 0;
}

/* Lay out generation @generation of @payload in file->slot. */
static int compose(struct slot_file *file, uint64_t generation, const uint8_t *payload)
{
	memset(file->slot, 0, file->slot_size);
	return slot_record_encode(&file->identity, generation, payload, file->slot);
}

static int create(struct slot_file *file, int directory)
{
	scoped_free uint8_t *image = calloc(SLOT_COUNT, file->slot_size);
	uint8_t *slot;
	int r;

	if (!image)
		return -ENOMEM;
	for (uint64_t generation = 1; generation <= GENERATION_BLANK; generation++) {
		r = compose(file, generation, file->payloads[0]); /* still all zero */
		if (r < 0)
			return r;
		slot = image + slot_record_index(generation) * file->slot_size;
		memcpy(slot, file->slot, file->slot_size);
	}
	r = slot_place_publish(directory, file->name, 0600, image, SLOT_COUNT * file->slot_size);
	return r == -EEXIST ? 0 : r;
}

/* An administrator may remove the file between its making and our opening: then once more. */
static int open_file(struct slot_file *file, const char *root, const int places[static 2],
		     enum slot_missing missing)
{
	int r = slot_place_lock(places[1], file->name, &file->fd);

	for (int tries = 0; r == -ENOENT && missing == SLOT_CREATE && tries < CREATE_TRIES;
	     tries++) {
		r = load_key(file, root, places[0], SLOT_CREATE);
		if (r == 0)
			r = create(file, places[1]);
		if (r == 0)
			r = slot_place_lock(places[1], file->name, &file->fd);
	}
	if (r < 0)
		return r;
	r = slot_place_check(places[1], file->fd, 0600, SLOT_COUNT * file->slot_size);
	if (r < 0)
		return r;
	return load_key(file, root, places[0], SLOT_MUST_EXIST);
}

int slot_open(const char *root, const struct slot_kind *kind, const struct slot_owner *owner,
	      enum slot_missing missing, struct slot_file **ret)
{
	scoped(slot_close_p) struct slot_file *file = NULL;
	scoped_fd int state = -1;
	scoped_fd int directory = -1;
	int r = slot_record_check(kind, owner);

	if (r < 0)
		return r;
	r = slot_place_state(root, missing, &state);
	if (r < 0)
		return r;
	r = slot_place_kind(state, kind->directory, missing, &directory);
	if (r < 0)
		return r;
	r = file_new(kind, owner, &file);
	if (r < 0)
		return r;
	r = open_file(file, root, (const int[2]){ state, directory }, missing);
	if (r < 0)
		return r;
	*ret = take(file, NULL);
	return 0;
}

/* Read slot @index into its payload. A block that cannot be read is as lost as a damaged one: the
 * other slot is there for either. */
static int read_slot(struct slot_file *file, unsigned index, uint64_t *ret_generation)
{
	const off_t offset = (off_t)(index * file->slot_size);
	int r;

	r = slot_place_read(file->fd, file->slot, slot_record_size(file->identity.kind), offset);
	if (r < 0)
		return r;
	return slot_record_decode(&file->identity, index, file->slot, file->payloads[index],
				  ret_generation);
}

/* Whether @reason says that a slot is lost. Anything else, say no memory, is a failure of ours and
 * must not bring an older record back. */
static bool reason_is_loss(int reason)
{
	return reason == -EBADMSG || reason == -EKEYREJECTED || reason == -EIO;
}

/* Read both slots. Returns 0 when at least one is sound; the generation of a lost one is 0. */
static int read_slots(struct slot_file *file, uint64_t generations[static SLOT_COUNT])
{
	int reasons[SLOT_COUNT];

	for (unsigned i = 0; i < SLOT_COUNT; i++) {
		generations[i] = 0;
		reasons[i] = read_slot(file, i, &generations[i]);
		if (reasons[i] < 0 && !reason_is_loss(reasons[i]))
			return reasons[i];
	}
	if (reasons[0] == 0 || reasons[1] == 0)
		return 0;
	return reasons[0] == reasons[1] ? reasons[0] : -EBADMSG;
}

/* Find the record that stands: file->generation, and its payload in the slot it belongs to. */
static int find_newest(struct slot_file *file, enum slot_state *ret)
{
	uint64_t generations[SLOT_COUNT];
	uint64_t newest;
	int r = read_slots(file, generations);

	if (r < 0)
		return r;
	newest = generations[0] > generations[1] ? generations[0] : generations[1];
	file->generation = newest;
	if (generations[0] == 0 || generations[1] == 0)
		*ret = SLOT_FELL_BACK;
	else
		*ret = newest <= GENERATION_BLANK ? SLOT_NEW : SLOT_SOUND;
	return 0;
}

int slot_read(struct slot_file *file, void *payload, enum slot_state *ret)
{
	enum slot_state state;
	int r = find_newest(file, &state);

	if (r < 0)
		return r;
	memcpy(payload, file->payloads[slot_record_index(file->generation)],
	       file->identity.kind->payload_size);
	*ret = state;
	return 0;
}

/* The generation of the next write, in the other slot; never one that means "not written". */
static uint64_t next_generation(uint64_t generation)
{
	generation++;
	return generation > GENERATION_BLANK ? generation : generation + SLOT_COUNT;
}

int slot_write(struct slot_file *file, const void *payload, enum slot_durability durability)
{
	enum slot_state state;
	uint64_t generation;
	off_t offset;
	int r;

	if (file->generation == 0) {
		r = find_newest(file, &state);
		if (r < 0)
			return r;
	}
	generation = next_generation(file->generation);
	if (generation > SLOT_GENERATION_MAX)
		return -EOVERFLOW; /* no host writes that often: somebody made the record up */
	offset = (off_t)(slot_record_index(generation) * file->slot_size);
	r = compose(file, generation, payload);
	if (r < 0)
		return r;
	r = slot_place_write(file->fd, file->slot, file->slot_size, offset);
	if (r < 0)
		return r;
	if (durability == SLOT_DURABLE && fdatasync(file->fd) < 0)
		return neg_errno();
	file->generation = generation;
	return 0;
}

void slot_close(struct slot_file *file)
{
	if (!file)
		return;
	if (file->identity.kind->seal)
		file->identity.kind->seal->key_close(file->key);
	slot_place_unlock(&file->fd);
	explicit_bzero(file, file->length);
	free(file);
}

void slot_close_p(struct slot_file **file)
{
	slot_close(take(*file, NULL));
}

int slot_remove(const char *root, const struct slot_kind *kind, const struct slot_owner *owner)
{
	scoped_fd int state = -1;
	scoped_fd int directory = -1;
	int r = slot_record_check(kind, owner);

	if (r < 0)
		return r;
	r = slot_place_state(root, SLOT_MUST_EXIST, &state);
	if (r < 0)
		return r;
	r = slot_place_kind(state, kind->directory, SLOT_MUST_EXIST, &directory);
	if (r < 0)
		return r;
	return slot_place_remove(directory, owner->name);
}
