/* Base64 against the vectors of RFC 4648, and what is refused. */
#include "tests/support/suite.h"

#include <string.h>

#include "common/crypto/base64.h"

START_TEST(bytes_have_the_published_texts_and_come_back)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xfb\xff", "+/8=" },
	};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t n = strlen(pairs[i][0]);
		cleanup(free_pointer) char *text = NULL;
		char bytes[8] = { 0 };
		ck_assert_int_eq(base64_encode(pairs[i][0], n, &text), 0);
		ck_assert_str_eq(text, pairs[i][1]);
		ck_assert_int_eq(base64_decode(text, bytes, n), BASE64_E_OK);
		ck_assert_mem_eq(bytes, pairs[i][0], n);
	}
}
END_TEST

START_TEST(every_byte_comes_back)
{
	unsigned char bytes[256], again[256];
	cleanup(free_pointer) char *text = NULL;
	for (size_t i = 0; i < 256; i++)
		bytes[i] = (unsigned char)i;
	ck_assert_int_eq(base64_encode(bytes, sizeof(bytes), &text), 0);
	ck_assert_int_eq(base64_decode(text, again, sizeof(again)), BASE64_E_OK);
	ck_assert_mem_eq(bytes, again, sizeof(bytes));
}
END_TEST

START_TEST(a_text_of_another_number_of_bytes_is_refused)
{
	char bytes[8] = { 0 };
	ck_assert_int_eq(base64_decode("Zm9v", bytes, 2), BASE64_E_BAD);
	ck_assert_int_eq(base64_decode("Zm9v", bytes, 4), BASE64_E_BAD);
	ck_assert_int_eq(base64_decode("Zm8=", bytes, 3), BASE64_E_BAD);
	ck_assert_int_eq(base64_decode("Zg==", bytes, 2), BASE64_E_BAD);
	ck_assert_int_eq(base64_decode("", bytes, 1), BASE64_E_BAD);
	ck_assert_int_eq(base64_decode("Zg==", bytes, 0), BASE64_E_BAD);
}
END_TEST

START_TEST(a_text_that_is_no_base64_is_refused)
{
	static const char *const texts[] = { "Zm9",  " m9v", "Zm9\n",      "Zm=v",  "=m9v",
					     "Zm9-", "Zm9_", "Zm\xc3\xa4", "Zm9v\n" };
	char bytes[8] = { 0 };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_int_eq(base64_decode(texts[i], bytes, 3), BASE64_E_BAD);
}
END_TEST

/* "Zg==" and "Zh==" differ in bits that no byte gets: only one of them is what `f` is written as. */
START_TEST(bytes_have_one_text_only)
{
	char bytes[4] = { 0 };
	ck_assert_int_eq(base64_decode("Zg==", bytes, 1), BASE64_E_OK);
	ck_assert_int_eq(base64_decode("Zh==", bytes, 1), BASE64_E_BAD);
	ck_assert_int_eq(base64_decode("Zm8=", bytes, 2), BASE64_E_OK);
	ck_assert_int_eq(base64_decode("Zm9=", bytes, 2), BASE64_E_BAD);
}
END_TEST

SUITE_MAIN("Base64", bytes_have_the_published_texts_and_come_back, every_byte_comes_back,
	   a_text_of_another_number_of_bytes_is_refused, a_text_that_is_no_base64_is_refused,
	   bytes_have_one_text_only)
