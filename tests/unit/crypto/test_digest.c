/* SHA-256 against the answers of FIPS 180-2, and the framing of fields. */
#include "tests/support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/crypto/digest.h"

static void check_hex(const void *data, size_t n, const char *expected)
{
	struct digest digest;
	char hex[65];
	ck_assert_int_eq(digest_bytes(data, n, &digest), 0);
	digest_hex(&digest, hex);
	ck_assert_str_eq(hex, expected);
}

START_TEST(one_buffer_has_the_published_answers)
{
	check_hex("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check_hex(NULL, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check_hex("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

START_TEST(a_million_letters_have_the_published_answer)
{
	cleanup(free_pointer) char *letters = malloc(1000000);
	ck_assert_ptr_nonnull(letters);
	memset(letters, 'a', 1000000);
	check_hex(letters, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

/* The digest of `n` strings, one field each. */
static struct digest of_fields(size_t n, const char *const *fields)
{
	cleanup(digester_cleanup) struct digester *digester = NULL;
	struct digest digest;
	ck_assert_int_eq(digester_new(&digester), 0);
	for (size_t i = 0; i < n; i++)
		digester_add_string(digester, fields[i]);
	ck_assert_int_eq(digester_finish(digester, &digest), 0);
	return digest;
}

START_TEST(a_field_is_its_length_in_eight_little_endian_bytes_and_then_its_bytes)
{
	struct digest fields = of_fields(2, (const char *const[]){ "abc", "" }), plain;
	const char bytes[] = "\3\0\0\0\0\0\0\0abc\0\0\0\0\0\0\0\0";
	ck_assert_int_eq(digest_bytes(bytes, sizeof(bytes) - 1, &plain), 0);
	ck_assert_mem_eq(&fields, &plain, sizeof(plain));
}
END_TEST

START_TEST(fields_cut_elsewhere_have_another_digest)
{
	struct digest a = of_fields(2, (const char *const[]){ "ab", "c" });
	struct digest b = of_fields(2, (const char *const[]){ "a", "bc" });
	struct digest c = of_fields(1, (const char *const[]){ "abc" });
	struct digest d = of_fields(3, (const char *const[]){ "ab", "c", "" });
	ck_assert_mem_ne(&a, &b, sizeof(a));
	ck_assert_mem_ne(&a, &c, sizeof(a));
	ck_assert_mem_ne(&a, &d, sizeof(a));
}
END_TEST

START_TEST(a_number_is_eight_little_endian_bytes)
{
	cleanup(digester_cleanup) struct digester *digester = NULL;
	struct digest numbers, plain;
	ck_assert_int_eq(digester_new(&digester), 0);
	digester_add_u64(digester, UINT64_C(0x0807060504030201));
	ck_assert_int_eq(digester_finish(digester, &numbers), 0);
	ck_assert_int_eq(digest_bytes("\1\2\3\4\5\6\7\10", 8, &plain), 0);
	ck_assert_mem_eq(&numbers, &plain, sizeof(plain));
}
END_TEST

START_TEST(hex_is_read_back_and_nothing_else_is_read)
{
	static const char good[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	struct digest plain, read;
	char text[67];
	ck_assert_int_eq(digest_bytes("abc", 3, &plain), 0);
	ck_assert_int_eq(digest_from_hex(good, &read), 0);
	ck_assert_mem_eq(&read, &plain, sizeof(plain));
	ck_assert_int_eq(digest_from_hex("", &read), -EINVAL);
	ck_assert_int_eq(digest_from_hex(good + 1, &read), -EINVAL);
	snprintf(text, sizeof(text), "%s0", good);
	ck_assert_int_eq(digest_from_hex(text, &read), -EINVAL);
	for (const char *letter = "BgG /:`\x01"; *letter; letter++) {
		snprintf(text, sizeof(text), "%s", good);
		text[63] = *letter;
		ck_assert_msg(digest_from_hex(text, &read) == -EINVAL, "%s", text);
	}
}
END_TEST

SUITE_MAIN("Digests", one_buffer_has_the_published_answers, a_million_letters_have_the_published_answer,
	   a_field_is_its_length_in_eight_little_endian_bytes_and_then_its_bytes,
	   fields_cut_elsewhere_have_another_digest, a_number_is_eight_little_endian_bytes,
	   hex_is_read_back_and_nothing_else_is_read)
