/* wire_transfer.c: downloads and uploads: what they begin with, and their pieces.          (kind: adapter) */
#include <fedrouter.pb-c.h>
#include <string.h>

#include "common/wire/wire_check.h"

enum { SUBMISSION_HEADER_MOST = 1 << 10, RESULT_MOST = 64 };
#define SUBMISSION_BYTES_MOST ((uint64_t)1 << 32)

int wire_fetch_pack(const struct wire_fetch *message, struct wire_bytes *out)
{
	Fedrouter__V1__FetchRequest packed = FEDROUTER__V1__FETCH_REQUEST__INIT;
	packed.sha256 = (ProtobufCBinaryData){ sizeof(message->sha256), (uint8_t *)message->sha256 };
	packed.offset = message->offset;
	return wire_pack(&packed.base, out);
}

int wire_fetch_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], struct wire_fetch *out)
{
	struct wire_checking checking = { .why = why };
	cleanup(wire_unpacked_free) ProtobufCMessage *unpacked =
		wire_unpack(&fedrouter__v1__fetch_request__descriptor, bytes, n, WIRE_FETCH_MOST);
	const Fedrouter__V1__FetchRequest *message = (const void *)unpacked;
	*out = (struct wire_fetch){ 0 };
	if (!wire_check_that(&checking, message != NULL, "not a FetchRequest") ||
	    !wire_check_sha256(&checking, "sha256", &message->sha256))
		return WIRE_E_BAD;
	memcpy(out->sha256, message->sha256.data, sizeof(out->sha256));
	out->offset = message->offset;
	return 0;
}

int wire_submission_pack(const struct wire_submission *message, struct wire_bytes *out)
{
	Fedrouter__V1__SubmitHeader header = FEDROUTER__V1__SUBMIT_HEADER__INIT;
	header.run = (char *)message->run;
	header.phase = message->phase;
	if (!message->gather)
		header.lanes_digest = (ProtobufCBinaryData){ 32, (uint8_t *)message->lanes_digest };
	header.bytes = message->bytes;
	header.sha256 = (ProtobufCBinaryData){ 32, (uint8_t *)message->sha256 };
	header.rows = message->rows;
	header.offset = message->offset;
	header.clipped = message->clipped;
	Fedrouter__V1__SubmitPart part = FEDROUTER__V1__SUBMIT_PART__INIT;
	part.header = &header;
	return wire_pack(&part.base, out);
}

static bool header_take(struct wire_checking *checking, const Fedrouter__V1__SubmitHeader *header,
			struct wire_submission *out)
{
	bool gather = header->lanes_digest.len == 0;
	if (!wire_check_run(checking, "run", header->run) ||
	    (!gather && !wire_check_sha256(checking, "lanes_digest", &header->lanes_digest)) ||
	    !wire_check_sha256(checking, "sha256", &header->sha256) ||
	    !wire_check_that(checking, header->bytes > 0 && header->bytes <= SUBMISSION_BYTES_MOST,
			     "bytes: none or too many") ||
	    !wire_check_that(checking, header->offset <= header->bytes, "offset: behind the end"))
		return false;
	wire_copy(out->run, sizeof(out->run), header->run);
	out->gather = gather;
	if (!gather)
		memcpy(out->lanes_digest, header->lanes_digest.data, 32);
	memcpy(out->sha256, header->sha256.data, 32);
	return true;
}

int wire_submission_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], struct wire_submission *out)
{
	struct wire_checking checking = { .why = why };
	cleanup(wire_unpacked_free) ProtobufCMessage *unpacked =
		wire_unpack(&fedrouter__v1__submit_part__descriptor, bytes, n, SUBMISSION_HEADER_MOST);
	const Fedrouter__V1__SubmitPart *part = (const void *)unpacked;
	*out = (struct wire_submission){ 0 };
	if (!wire_check_that(&checking, part && part->header && part->bytes.len == 0,
			     "an upload begins with its header, alone") ||
	    !header_take(&checking, part->header, out))
		return WIRE_E_BAD;
	out->phase = part->header->phase;
	out->bytes = part->header->bytes;
	out->rows = part->header->rows;
	out->offset = part->header->offset;
	out->clipped = part->header->clipped;
	return 0;
}

int wire_part_pack(const uint8_t *piece, size_t n, struct wire_bytes *out)
{
	Fedrouter__V1__SubmitPart part = FEDROUTER__V1__SUBMIT_PART__INIT;
	part.bytes = (ProtobufCBinaryData){ n, (uint8_t *)piece };
	return wire_pack(&part.base, out);
}

/* Pieces are parsed by hand: a copy of each would be made for nothing. */
static int piece_parse(uint32_t field, const uint8_t *bytes, size_t n, char why[WIRE_TEXT],
		       const uint8_t **piece, size_t *n_piece)
{
	struct wire_checking checking = { .why = why };
	bool good = wire_only_bytes(field, bytes, n, piece, n_piece) && *n_piece <= WIRE_PIECE;
	return wire_check_that(&checking, good, "not a piece of bytes, or too large a one") ? 0 : WIRE_E_BAD;
}

int wire_part_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], const uint8_t **piece,
		    size_t *n_piece)
{
	return piece_parse(2, bytes, n, why, piece, n_piece);
}

int wire_piece_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], const uint8_t **piece,
		     size_t *n_piece)
{
	return piece_parse(1, bytes, n, why, piece, n_piece);
}

size_t wire_piece_head(size_t n, uint8_t head[WIRE_PIECE_HEAD])
{
	size_t at = 0;
	head[at++] = (1 << 3) | 2;
	while (n >= 0x80) {
		head[at++] = (uint8_t)(n | 0x80);
		n >>= 7;
	}
	head[at++] = (uint8_t)n;
	return at;
}

int wire_result_pack(enum wire_result result, struct wire_bytes *out)
{
	Fedrouter__V1__SubmitAnswer answer = FEDROUTER__V1__SUBMIT_ANSWER__INIT;
	answer.result = (Fedrouter__V1__SubmitAnswer__Result)result;
	return wire_pack(&answer.base, out);
}

int wire_result_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], enum wire_result *out)
{
	struct wire_checking checking = { .why = why };
	cleanup(wire_unpacked_free) ProtobufCMessage *unpacked =
		wire_unpack(&fedrouter__v1__submit_answer__descriptor, bytes, n, RESULT_MOST);
	const Fedrouter__V1__SubmitAnswer *answer = (const void *)unpacked;
	if (!wire_check_that(&checking, answer && (answer->result == 1 || answer->result == 2),
			     "not a SubmitAnswer"))
		return WIRE_E_BAD;
	*out = (enum wire_result)answer->result;
	return 0;
}
