/* wire.h: the messages of proto/fedrouter/v1, as structs that were checked.                   (kind: adapter)
 *
 * The only room that knows protobuf. Packing allocates the bytes; parsing checks every length, count, range
 * and character set (proto/README.md has the limits) before anything is believed, and says in one sentence
 * what is wrong. Parsed structs own their memory: wire_X_deinit. Strings are valid UTF-8 without NUL; names
 * are [a-z0-9][a-z0-9._-]{0,63}; run ids [a-z0-9-]{1,63}; model names 1 … 256 bytes without control
 * characters.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

enum { WIRE_OLDEST = 1, WIRE_NEWEST = 1 }; /* the protocol versions that this program speaks */
enum { WIRE_E_OK = 0, WIRE_E_BAD = 1 };

enum {
	WIRE_ENROLL_MOST = 16 << 10, /* bytes of one message */
	WIRE_RENEW_MOST = 16 << 10,
	WIRE_POLL_MOST = 256 << 10,
	WIRE_POLL_ANSWER_MOST = 2 << 20,
	WIRE_FETCH_MOST = 1 << 10,
	WIRE_PIECE = 256 << 10, /* payload of one Piece or SubmitPart */
	WIRE_PIECE_MOST = WIRE_PIECE + 64,
	WIRE_REASON = 48,
	WIRE_TEXT = 512,
	WIRE_RUN = 64,
	WIRE_NAME = 64,
	WIRE_MODELS_MOST = 4096,
	WIRE_ARTEFACTS_MOST = 32,
	WIRE_PLAN_MOST = 1 << 20,
	WIRE_ENCODER_MOST = 256 << 10,
};

struct wire_bytes { /* owned, malloc'ed */
	uint8_t *data;
	size_t n;
};
void wire_bytes_deinit(struct wire_bytes *bytes);

struct wire_versions {
	uint32_t oldest, newest;
	char program[WIRE_NAME];
};
/* This program's own. */
struct wire_versions wire_versions(const char *program);
/* False: no overlap; `why` names both ranges. */
bool wire_versions_meet(const struct wire_versions *peer, char why[WIRE_TEXT]);

struct wire_enroll {
	struct wire_versions versions;
	char token[129];
	struct wire_bytes request; /* DER; empty token: a renewal */
};
struct wire_certificate {
	char *certificate, *authority; /* PEM, owned */
};

struct wire_refusal {
	char run[WIRE_RUN]; /* "": there is none */
	uint32_t phase;
	char reason[WIRE_REASON], text[WIRE_TEXT];
};
struct wire_model {
	char *name;
	uint64_t rows;
};
struct wire_poll {
	struct wire_versions versions;
	char *encoder; /* canonical JSON; "" when the store is empty */
	uint64_t rows;
	size_t n_models;
	struct wire_model *models; /* sorted by name, no name twice */
	size_t n_learners;
	char (*learners)[WIRE_NAME];
	struct wire_refusal refusal;
	uint64_t artefacts_seen;
};

struct wire_blob {
	uint8_t sha256[32];
	uint64_t bytes;
};
struct wire_task {
	char run[WIRE_RUN]; /* "": there is none */
	uint32_t phase;
	char *plan, *encoder; /* YAML; canonical JSON */
	struct wire_blob state;
	uint8_t state_digest[32], lanes_digest[32];
	bool gather; /* lanes_digest is empty on the wire */
	int64_t deadline;
	uint64_t durable;
};
struct wire_artefact {
	uint64_t version;
	char learner[WIRE_NAME], digest[65], run[WIRE_RUN];
	struct wire_blob file;
};
struct wire_poll_answer {
	struct wire_task task;
	size_t n_artefacts;
	struct wire_artefact *artefacts;
	char notice[WIRE_TEXT];
	uint32_t ask_again_ms;
};

struct wire_fetch {
	uint8_t sha256[32];
	uint64_t offset;
};

struct wire_submission { /* the header of a submission */
	char run[WIRE_RUN];
	uint32_t phase;
	uint8_t lanes_digest[32];
	bool gather;
	uint64_t bytes, rows, offset, clipped;
	uint8_t sha256[32];
};
enum wire_result { WIRE_ACCEPTED = 1, WIRE_DUPLICATE = 2 };

/* For each X of enroll, renew (struct wire_enroll without a token), certificate, poll, poll_answer, fetch,
 * submission:
 *     int wire_X_pack(const struct wire_X *message, struct wire_bytes *out);
 *     int wire_X_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], struct wire_X *out);   WIRE_E_BAD
 *     void wire_X_deinit(struct wire_X *message);                    (where it owns something) */
must_check int wire_enroll_pack(const struct wire_enroll *message, struct wire_bytes *out);
must_check int wire_enroll_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT],
				 struct wire_enroll *out);
must_check int wire_renew_pack(const struct wire_enroll *message, struct wire_bytes *out);
must_check int wire_renew_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], struct wire_enroll *out);
void wire_enroll_deinit(struct wire_enroll *message);
must_check int wire_certificate_pack(const struct wire_certificate *message, struct wire_bytes *out);
must_check int wire_certificate_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT],
				      struct wire_certificate *out);
void wire_certificate_deinit(struct wire_certificate *message);
must_check int wire_poll_pack(const struct wire_poll *message, struct wire_bytes *out);
must_check int wire_poll_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], struct wire_poll *out);
void wire_poll_deinit(struct wire_poll *message);
must_check int wire_poll_answer_pack(const struct wire_poll_answer *message, struct wire_bytes *out);
must_check int wire_poll_answer_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT],
				      struct wire_poll_answer *out);
void wire_poll_answer_deinit(struct wire_poll_answer *message);
must_check int wire_fetch_pack(const struct wire_fetch *message, struct wire_bytes *out);
must_check int wire_fetch_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], struct wire_fetch *out);

/* Uploads: the first part is the header, alone; further parts are pieces of the body. */
must_check int wire_submission_pack(const struct wire_submission *message, struct wire_bytes *out);
must_check int wire_submission_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT],
				     struct wire_submission *out);
must_check int wire_part_pack(const uint8_t *piece, size_t n, struct wire_bytes *out);
/* The piece inside the message's bytes, not copied. */
must_check int wire_part_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], const uint8_t **piece,
			       size_t *n_piece);
must_check int wire_result_pack(enum wire_result result, struct wire_bytes *out);
must_check int wire_result_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], enum wire_result *out);

/* Downloads: what stands before `n` bytes of payload so that both together are a Piece (rpc_call_send_tail);
 * and back. */
enum { WIRE_PIECE_HEAD = 16 };
size_t wire_piece_head(size_t n, uint8_t head[WIRE_PIECE_HEAD]);
must_check int wire_piece_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], const uint8_t **piece,
				size_t *n_piece);

/* The calls. */
#define WIRE_ENROLL "/fedrouter.v1.Coordinator/Enroll"
#define WIRE_RENEW "/fedrouter.v1.Coordinator/Renew"
#define WIRE_POLL "/fedrouter.v1.Coordinator/Poll"
#define WIRE_FETCH "/fedrouter.v1.Coordinator/Fetch"
#define WIRE_SUBMIT "/fedrouter.v1.Coordinator/Submit"
