/* unpack.c: zlib and libzstd behind one read.                                              (kind: adapter) */
#include "common/io/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { PACKED_BYTES = 1 << 17 };

struct container {
	const char *name;
	bool (*is)(const uint8_t *bytes, size_t n);
	int (*init)(struct unpack *unpack);
	/* Move on by what is packed; `into` is filled as far as it goes. UNPACK_E_CORRUPT with a
	 * complaint. */
	int (*step)(struct unpack *unpack, ZSTD_outBuffer *into);
	void (*deinit)(struct unpack *unpack);
};

struct unpack {
	int fd;
	bool at_end; /* the file has no further bytes */
	bool inside; /* of a member or frame that is not complete */
	uint64_t position, size;
	const struct container *container;
	const char *complaint;
	ZSTD_inBuffer packed; /* what was read and not yet used, in `bytes` */
	z_stream inflater;
	ZSTD_DStream *frames;
	uint8_t bytes[PACKED_BYTES];
};

static bool is_gzip(const uint8_t *bytes, size_t n)
{
	return n >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

static int gzip_init(struct unpack *unpack)
{
	enum { LARGEST_WINDOW = 15, WITH_GZIP_HEADER = 16 };
	return inflateInit2(&unpack->inflater, LARGEST_WINDOW + WITH_GZIP_HEADER) == Z_OK ? 0 : FAIL(-ENOMEM);
}

static int gzip_step(struct unpack *unpack, ZSTD_outBuffer *into)
{
	z_stream *inflater = &unpack->inflater;
	if (!unpack->inside && unpack->packed.pos < unpack->packed.size) {
		inflateReset(inflater);
		unpack->inside = true;
	}
	inflater->next_in = unpack->bytes + unpack->packed.pos;
	inflater->avail_in = (unsigned)(unpack->packed.size - unpack->packed.pos);
	inflater->next_out = (uint8_t *)into->dst + into->pos;
	inflater->avail_out = (unsigned)(into->size - into->pos);
	int r = unpack->inside ? inflate(inflater, Z_NO_FLUSH) : Z_BUF_ERROR;
	size_t unpacked = into->pos;
	unpack->packed.pos = unpack->packed.size - inflater->avail_in;
	into->pos = into->size - inflater->avail_out;
	if (r == Z_STREAM_END)
		unpack->inside = false;
	if (r == Z_MEM_ERROR)
		return FAIL(-ENOMEM);
	/* What was good before the break is given first; the next call finds the same break. */
	if (r == Z_OK || r == Z_STREAM_END || r == Z_BUF_ERROR || into->pos > unpacked)
		return UNPACK_E_OK;
	unpack->complaint = inflater->msg ? inflater->msg : "invalid data";
	return UNPACK_E_CORRUPT;
}

static void gzip_deinit(struct unpack *unpack)
{
	inflateEnd(&unpack->inflater);
}

/* A frame, or one of the skippable frames that some packers put first. */
static bool is_zstd(const uint8_t *bytes, size_t n)
{
	if (n < 4)
		return false;
	uint32_t magic =
		bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
	return magic == ZSTD_MAGICNUMBER || (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

static int zstd_init(struct unpack *unpack)
{
	unpack->frames = ZSTD_createDStream();
	TRY_ALLOC(unpack->frames);
	return 0;
}

static int zstd_step(struct unpack *unpack, ZSTD_outBuffer *into)
{
	size_t packed = unpack->packed.pos, unpacked = into->pos;
	size_t r = ZSTD_decompressStream(unpack->frames, into, &unpack->packed);
	if (ZSTD_isError(r)) {
		unpack->complaint = ZSTD_getErrorName(r);
		return UNPACK_E_CORRUPT;
	}
	/* Between frames, a call without input asks for the next frame's header: that isn't inside a
	 * frame. */
	if (unpack->packed.pos != packed || into->pos != unpacked)
		unpack->inside = r != 0;
	return UNPACK_E_OK;
}

static void zstd_deinit(struct unpack *unpack)
{
	ZSTD_freeDStream(unpack->frames);
}

static bool is_anything(const uint8_t *bytes, size_t n)
{
	(void)bytes;
	(void)n;
	return true;
}

static int plain_init(struct unpack *unpack)
{
	(void)unpack;
	return 0;
}

static int plain_step(struct unpack *unpack, ZSTD_outBuffer *into)
{
	size_t packed = unpack->packed.size - unpack->packed.pos, room = into->size - into->pos;
	size_t n = packed < room ? packed : room;
	memcpy((uint8_t *)into->dst + into->pos, unpack->bytes + unpack->packed.pos, n);
	unpack->packed.pos += n;
	into->pos += n;
	return UNPACK_E_OK;
}

static void plain_deinit(struct unpack *unpack)
{
	(void)unpack;
}

static const struct container containers[] = {
	{ "gzip", is_gzip, gzip_init, gzip_step, gzip_deinit },
	{ "zstd", is_zstd, zstd_init, zstd_step, zstd_deinit },
	{ "plain", is_anything, plain_init, plain_step, plain_deinit },
};

void unpack_close(struct unpack *unpack)
{
	if (!unpack)
		return;
	if (unpack->container)
		unpack->container->deinit(unpack);
	if (unpack->fd >= 0)
		close(unpack->fd);
	free(unpack);
}

void unpack_cleanup(struct unpack **unpack)
{
	unpack_close(*unpack);
	*unpack = NULL;
}

/* Fill `bytes` from the file as far as it goes. Returns 0 or errno. */
static int refill(struct unpack *unpack)
{
	size_t n = 0;
	while (n < PACKED_BYTES && !unpack->at_end) {
		ssize_t r = read(unpack->fd, unpack->bytes + n, PACKED_BYTES - n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return errno;
		unpack->at_end = r == 0;
		n += (size_t)r;
	}
	unpack->packed = (ZSTD_inBuffer){ unpack->bytes, n, 0 };
	unpack->position += n;
	return 0;
}

static int choose_container(struct unpack *unpack)
{
	const struct container *container = containers;
	while (!container->is(unpack->bytes, unpack->packed.size))
		container++;
	TRY(container->init(unpack));
	unpack->container = container;
	return 0;
}

int unpack_open(const char *path, int *errno_out, struct unpack **out)
{
	cleanup(unpack_cleanup) struct unpack *unpack = calloc(1, sizeof(*unpack));
	struct stat status;
	TRY_ALLOC(unpack);
	unpack->fd = open(path, O_RDONLY | O_CLOEXEC);
	*errno_out = unpack->fd < 0 || fstat(unpack->fd, &status) != 0 ? errno : refill(unpack);
	if (*errno_out != 0)
		return UNPACK_E_UNREADABLE;
	unpack->size = (uint64_t)status.st_size;
	TRY(choose_container(unpack));
	*out = unpack;
	unpack = NULL;
	return UNPACK_E_OK;
}

int unpack_read(struct unpack *unpack, void *out, size_t most, size_t *n_out)
{
	enum { AT_ONCE = 1 << 30 }; /* zlib counts in 32 bits */
	ZSTD_outBuffer into = { out, most < AT_ONCE ? most : AT_ONCE, 0 };
	while (into.pos == 0) {
		if (unpack->packed.pos == unpack->packed.size && !unpack->at_end) {
			int error = refill(unpack);
			unpack->complaint = error != 0 ? strerror(error) : NULL;
			if (error != 0)
				return UNPACK_E_UNREADABLE;
		}
		size_t packed = unpack->packed.pos;
		int r = unpack->container->step(unpack, &into);
		if (r != UNPACK_E_OK)
			return r;
		if (into.pos > 0 || unpack->packed.pos > packed || !unpack->at_end)
			continue;
		unpack->complaint = "the file ends in the middle";
		return unpack->inside ? UNPACK_E_TRUNCATED : UNPACK_E_END;
	}
	*n_out = into.pos;
	return UNPACK_E_OK;
}

const char *unpack_container(const struct unpack *unpack)
{
	return unpack->container->name;
}

const char *unpack_complaint(const struct unpack *unpack)
{
	return unpack->complaint ? unpack->complaint : "";
}

uint64_t unpack_position(const struct unpack *unpack)
{
	return unpack->position;
}

uint64_t unpack_size(const struct unpack *unpack)
{
	return unpack->size;
}
