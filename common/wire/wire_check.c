/* wire_check.c: what a field from outside must be.                                             (kind: kernel)
 *
 * protobuf-c checks nothing: text may be invalid UTF-8, and a NUL inside cuts it silently. Bytes of a string
 * field cannot be seen behind that NUL, so every text is held against a character set that leaves nothing to
 * cut.
 */
#include "common/wire/wire_check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char name_set[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
static const char run_set[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

bool wire_check_that(struct wire_checking *checking, bool good, const char *what)
{
	if (!good && !checking->bad) {
		checking->bad = true;
		snprintf(checking->why, WIRE_TEXT, "%s", what);
	}
	return good;
}

static bool field_is(struct wire_checking *checking, bool good, const char *field, const char *what)
{
	char text[WIRE_TEXT];
	snprintf(text, sizeof(text), "%s: %s", field, what);
	return wire_check_that(checking, good, text);
}

bool wire_check_name(struct wire_checking *checking, const char *field, const char *text)
{
	size_t n = strlen(text);
	bool good = n > 0 && n < WIRE_NAME && strspn(text, name_set) == n && !strchr("._-", text[0]);
	return field_is(checking, good, field, "not a name ([a-z0-9][a-z0-9._-]{0,62})");
}

bool wire_check_run(struct wire_checking *checking, const char *field, const char *text)
{
	size_t n = strlen(text);
	return field_is(checking, n > 0 && n < WIRE_RUN && strspn(text, run_set) == n, field,
			"not a run's id");
}

/* Length of the UTF-8 sequence at `s`, 0: not one (overlong, surrogate, beyond U+10FFFF, cut off by the
 * NUL). */
static size_t utf8_length(const unsigned char *s)
{
	if (s[0] < 0x80)
		return 1;
	size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
	bool beyond = (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f);
	return overlong || beyond ? 0 : n;
}

static bool text_is_good(const char *text, size_t least, size_t most, bool lines)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = strlen(text);
	if (n < least || n > most)
		return false;
	while (*s) {
		size_t length = utf8_length(s);
		bool control = *s == 0x7f || (*s < 0x20 && !(lines && (*s == '\n' || *s == '\t')));
		if (length == 0 || control)
			return false;
		s += length;
	}
	return true;
}

bool wire_check_text(struct wire_checking *checking, const char *field, const char *text, size_t most)
{
	return field_is(checking, text_is_good(text, 0, most, true), field,
			"too long, or not printable UTF-8");
}

bool wire_check_line(struct wire_checking *checking, const char *field, const char *text, size_t least,
		     size_t most)
{
	return field_is(checking, text_is_good(text, least, most, false), field,
			"missing, too long, or not one printable line of UTF-8");
}

bool wire_check_hex(struct wire_checking *checking, const char *field, const char *text, size_t digits)
{
	bool good = strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
	return field_is(checking, good, field, "not lower-case hex digits of the right number");
}

bool wire_check_sha256(struct wire_checking *checking, const char *field, const ProtobufCBinaryData *bytes)
{
	return field_is(checking, bytes->len == 32, field, "not a SHA-256 (32 bytes)");
}

void wire_copy(char *to, size_t n, const char *from)
{
	snprintf(to, n, "%s", from);
}

char *wire_keep(const char *from)
{
	return strdup(from);
}

void wire_bytes_deinit(struct wire_bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct wire_bytes){ 0 };
}

int wire_pack(const ProtobufCMessage *message, struct wire_bytes *out)
{
	size_t n = protobuf_c_message_get_packed_size(message);
	uint8_t *data = malloc(n > 0 ? n : 1);
	TRY_ALLOC(data);
	protobuf_c_message_pack(message, data);
	*out = (struct wire_bytes){ data, n };
	return 0;
}

ProtobufCMessage *wire_unpack(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t n,
			      size_t most)
{
	return n > most ? NULL : protobuf_c_message_unpack(descriptor, NULL, n, bytes);
}

void wire_unpacked_free(ProtobufCMessage **message)
{
	if (*message)
		protobuf_c_message_free_unpacked(*message, NULL);
	*message = NULL;
}

bool wire_only_bytes(uint32_t number, const uint8_t *bytes, size_t n, const uint8_t **payload,
		     size_t *n_payload)
{
	size_t at = 1, length = 0;
	if (n < 2 || bytes[0] != ((number << 3) | 2))
		return false;
	for (unsigned shift = 0;; shift += 7) {
		if (at == n || shift > 28)
			return false;
		length |= (size_t)(bytes[at] & 0x7f) << shift;
		if (!(bytes[at++] & 0x80))
			break;
	}
	if (length != n - at || length == 0)
		return false;
	*payload = bytes + at;
	*n_payload = length;
	return true;
}
