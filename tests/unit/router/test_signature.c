/* An artefact that its coordinator signed: nothing else is taken for it. */
#include "tests/support/suite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io/safetensors.h"
#include "common/router/artefact.h"
#include "common/router/signature.h"
#include "tests/support/scratch.h"
#include "tests/unit/router/fake.h"

static const char not_signed[] = "not signed", not_theirs[] = "signature is not the coordinator's";

static const struct artefact_notes notes = { .run = "run-7", .phases = 15, .participants = 9 };

static struct key *new_key(void)
{
	struct key *key;
	ck_assert_int_eq(key_generate(KEY_ED25519, &key), 0);
	return key;
}

/* The half that a client has. */
static struct key *public_half(const struct key *key)
{
	cleanup(free_pointer) char *pem = NULL;
	struct key *half;
	ck_assert_int_eq(key_public_pem(key, &pem), 0);
	ck_assert_int_eq(key_parse_public(pem, KEY_ED25519, &half), KEY_E_OK);
	return half;
}

static const char *signed_file(const struct key *key)
{
	cleanup(router_cleanup) struct router *router = fake_router();
	const char *path = scratch_path("signed");
	ck_assert_int_eq(artefact_write(router, &notes, key, path), 0);
	return path;
}

/* Is it taken? If not, its one finding has `why` in it. */
static bool is_taken(const char *path, const struct key *key, const char *why)
{
	struct artefact_reader reader = { .find = fake_find, .key = key };
	struct findings findings = { 0 };
	cleanup(router_cleanup) struct router *router = NULL;
	int r = artefact_read(path, &reader, &findings, NULL, &router);
	ck_assert_int_eq(r, router ? ARTEFACT_E_OK : ARTEFACT_E_BAD);
	ck_assert_uint_eq(findings.n_items, router ? 0 : 1);
	if (!router)
		ck_assert_msg(strstr(findings.items[0].detail, why) != NULL, "%s", findings.items[0].detail);
	findings_deinit(&findings);
	return router != NULL;
}

START_TEST(what_a_key_signed_is_taken_by_whoever_believes_the_key)
{
	cleanup(key_cleanup) struct key *key = new_key();
	cleanup(key_cleanup) struct key *half = public_half(key);
	ck_assert(is_taken(signed_file(key), half, ""));
	ck_assert(is_taken(signed_file(key), NULL, ""));
}
END_TEST

START_TEST(what_another_key_signed_is_refused)
{
	cleanup(key_cleanup) struct key *key = new_key();
	cleanup(key_cleanup) struct key *other = new_key();
	cleanup(key_cleanup) struct key *half = public_half(other);
	ck_assert(!is_taken(signed_file(key), half, not_theirs));
}
END_TEST

START_TEST(what_nobody_signed_is_refused_by_whoever_believes_a_key)
{
	cleanup(key_cleanup) struct key *key = new_key();
	cleanup(key_cleanup) struct key *half = public_half(key);
	ck_assert(!is_taken(signed_file(NULL), half, not_signed));
	ck_assert(is_taken(signed_file(NULL), NULL, ""));
}
END_TEST

/* Whatever is said about it, header or arrays: the one finding is there. */
START_TEST(one_flipped_bit_anywhere_is_refused)
{
	size_t n;
	cleanup(key_cleanup) struct key *key = new_key();
	cleanup(key_cleanup) struct key *half = public_half(key);
	const char *path = signed_file(key);
	cleanup(free_pointer) char *bytes = scratch_read(path, &n);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		char flipped = (char)(bytes[bit / 8] ^ 1 << bit % 8);
		ck_assert_int_eq(pwrite(fd, &flipped, 1, (off_t)(bit / 8)), 1);
		ck_assert_msg(!is_taken(path, half, ""), "bit %zu of byte %zu", bit % 8, bit / 8);
		ck_assert_int_eq(pwrite(fd, bytes + bit / 8, 1, (off_t)(bit / 8)), 1);
	}
	close(fd);
	ck_assert(is_taken(path, half, ""));
}
END_TEST

START_TEST(a_signed_file_cut_anywhere_or_with_more_behind_it_is_refused)
{
	size_t n;
	cleanup(key_cleanup) struct key *key = new_key();
	cleanup(key_cleanup) struct key *half = public_half(key);
	cleanup(free_pointer) char *bytes = scratch_read(signed_file(key), &n);
	for (size_t cut = 0; cut < n; cut += 1 + cut / 64)
		ck_assert(!is_taken(scratch_file("cut", bytes, cut), half, ""));
	ck_assert(!is_taken(scratch_file("cut", bytes, n - 1), half, ""));
	ck_assert(!is_taken(scratch_file("longer", bytes, n + 1), half, ""));
}
END_TEST

/* The signed file's metadata with `key` set to `value`, written again as anyone can. */
static const char *with(const char *file, const char *key, const char *value)
{
	struct findings findings = { 0 };
	struct tensors tensors;
	json_t *metadata;
	const char *path = scratch_path("changed");
	ck_assert_int_eq(safetensors_read(file, &findings, &tensors, &metadata), SAFETENSORS_E_OK);
	json_object_set_new(metadata, key, json_string(value));
	ck_assert_int_eq(safetensors_write(path, &tensors, metadata), 0);
	json_decref(metadata);
	tensors_deinit(&tensors);
	return path;
}

START_TEST(notes_are_signed_too)
{
	cleanup(key_cleanup) struct key *key = new_key();
	cleanup(key_cleanup) struct key *half = public_half(key);
	const char *file = signed_file(key);
	ck_assert(is_taken(with(file, "run", "run-7"), half, ""));
	ck_assert(!is_taken(with(file, "run", "run-8"), half, not_theirs));
	ck_assert(!is_taken(with(file, "phases", "16"), half, not_theirs));
	ck_assert(!is_taken(with(file, "colour", "red"), half, not_theirs));
}
END_TEST

START_TEST(a_signature_that_is_none_is_refused)
{
	cleanup(key_cleanup) struct key *key = new_key();
	cleanup(key_cleanup) struct key *half = public_half(key);
	char zeros[129] = "";
	const char *file = signed_file(key);
	memset(zeros, '0', 128);
	ck_assert(!is_taken(with(file, "signature", ""), half, not_theirs));
	ck_assert(!is_taken(with(file, "signature", "abc"), half, not_theirs));
	ck_assert(!is_taken(with(file, "signature", zeros), half, not_theirs));
	zeros[127] = 'g';
	ck_assert(!is_taken(with(file, "signature", zeros), half, not_theirs));
}
END_TEST

/* One signature, one spelling: capitals and escapes would be other bytes under the same signature. */
START_TEST(the_same_signature_in_other_letters_is_refused)
{
	size_t n;
	cleanup(key_cleanup) struct key *key = new_key();
	cleanup(key_cleanup) struct key *half = public_half(key);
	cleanup(free_pointer) char *bytes = scratch_read(signed_file(key), &n);
	char *digits = (char *)memmem(bytes, n, "\"signature\":\"", 13) + 13;
	ck_assert_uint_eq(strspn(digits, "0123456789abcdef"), 128);
	for (size_t i = 0; i < 128; i++) {
		if (digits[i] >= 'a')
			digits[i] = (char)(digits[i] - 'a' + 'A');
	}
	ck_assert(!is_taken(scratch_file("capitals", bytes, n), half, not_theirs));
}
END_TEST

START_TEST(the_same_router_signed_twice_has_the_same_bytes)
{
	cleanup(key_cleanup) struct key *key = new_key();
	cleanup(router_cleanup) struct router *router = fake_router();
	cleanup(free_pointer) void *a = NULL;
	cleanup(free_pointer) void *b = NULL;
	size_t n, m;
	ck_assert_int_eq(artefact_bytes(router, &notes, key, &a, &n), 0);
	ck_assert_int_eq(artefact_bytes(router, &notes, key, &b, &m), 0);
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(a, b, n);
}
END_TEST

/* Names of models come from the clients' logs. */
START_TEST(a_model_that_is_called_like_a_signature_does_no_harm)
{
	static const char start[] = "\"signature\":\"";
	cleanup(key_cleanup) struct key *key = new_key();
	cleanup(key_cleanup) struct key *half = public_half(key);
	cleanup(router_cleanup) struct router *router = fake_router();
	const char *path = scratch_path("named");
	char name[160] = "";
	memcpy(name, start, sizeof(start) - 1);
	memset(name + sizeof(start) - 1, '0', 128);
	name[sizeof(start) - 1 + 128] = '"';
	free(router->models[2]);
	router->models[2] = strdup(name + sizeof(start) - 1);
	free(router->models[0]);
	router->models[0] = strdup(name);
	ck_assert_int_eq(artefact_write(router, &notes, key, path), 0);
	ck_assert(!is_taken(path, NULL, "models are not a sorted list"));
	free(router->models[2]);
	router->models[2] = strdup("gamma");
	ck_assert_int_eq(artefact_write(router, &notes, key, path), 0);
	ck_assert(is_taken(path, half, ""));
}
END_TEST

START_TEST(bytes_without_the_one_place_for_a_signature_are_not_signed)
{
	cleanup(key_cleanup) struct key *key = new_key();
	char file[512];
	memset(file, 0, sizeof(file));
	ck_assert_int_eq(signature_make(file, 7, key), -EINVAL);
	ck_assert_int_eq(signature_make(file, sizeof(file), key), -EINVAL);
	memset(file, 0xff, 8);
	ck_assert_int_eq(signature_make(file, sizeof(file), key), -EINVAL);
}
END_TEST

SUITE_MAIN("Signatures", what_a_key_signed_is_taken_by_whoever_believes_the_key,
	   what_another_key_signed_is_refused, what_nobody_signed_is_refused_by_whoever_believes_a_key,
	   one_flipped_bit_anywhere_is_refused, a_signed_file_cut_anywhere_or_with_more_behind_it_is_refused,
	   notes_are_signed_too, a_signature_that_is_none_is_refused,
	   the_same_signature_in_other_letters_is_refused, the_same_router_signed_twice_has_the_same_bytes,
	   a_model_that_is_called_like_a_signature_does_no_harm,
	   bytes_without_the_one_place_for_a_signature_are_not_signed)
