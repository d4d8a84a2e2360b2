/* wire_check.h: what a field from outside must be; inside the wire room only.               (kind: kernel) */
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#include "common/wire/wire.h"

/* One parse: the first thing that is wrong stays in `why`. */
struct wire_checking {
	char *why;
	bool bad;
};

/* Each returns true when the field is good, and notes what is wrong otherwise. `field` names it for
 * people. */
bool wire_check_name(struct wire_checking *checking, const char *field,
		     const char *text); /* client, learner */
bool wire_check_run(struct wire_checking *checking, const char *field, const char *text);
bool wire_check_text(struct wire_checking *checking, const char *field, const char *text, size_t most);
bool wire_check_line(struct wire_checking *checking, const char *field, const char *text, size_t least,
		     size_t most);
bool wire_check_hex(struct wire_checking *checking, const char *field, const char *text, size_t digits);
bool wire_check_sha256(struct wire_checking *checking, const char *field, const ProtobufCBinaryData *bytes);
bool wire_check_that(struct wire_checking *checking, bool good, const char *what);

/* Copy a checked text into an array of `n` bytes (it fits, the check said so). */
void wire_copy(char *to, size_t n, const char *from);
/* A copy of its own; NULL: memory is short. */
char *wire_keep(const char *from);

/* The message as bytes; and back (NULL: not such a message). Messages are at most as large as `most`. */
must_check int wire_pack(const ProtobufCMessage *message, struct wire_bytes *out);
ProtobufCMessage *wire_unpack(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t n,
			      size_t most);
void wire_unpacked_free(ProtobufCMessage **message);

/* Field `number` of kind bytes as the whole of a message: found in place. False: the bytes are not that. */
bool wire_only_bytes(uint32_t number, const uint8_t *bytes, size_t n, const uint8_t **payload,
		     size_t *n_payload);
