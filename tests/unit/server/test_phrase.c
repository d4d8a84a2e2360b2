/* Questions of a topic: filled, varied, and told apart by the encoder that the demo uses. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "common/embed/encoder.h"
#include "server/sample/answer.h"
#include "server/sample/phrase.h"

enum { DIMENSION = HASH_DIMENSION, DRAWN = 2400, CLASSES = 8 };

static struct phrase drawn[DRAWN];
static float vectors[DRAWN][DIMENSION];

/* DRAWN questions, topics in turn, with their vectors. */
static void draw_all(void)
{
	struct rng rng;
	rng_init(&rng, 17, 4);
	for (size_t i = 0; i < DRAWN; i++) {
		ck_assert_int_eq(phrase_draw(answer_topics[i % ANSWER_TOPICS], &rng, &drawn[i]), 0);
		ck_assert_int_eq(hash_encode(drawn[i].text, strlen(drawn[i].text), vectors[i], DIMENSION), 0);
		ck_assert(embed_normalize(vectors[i], DIMENSION));
	}
}

static void free_all(void)
{
	for (size_t i = 0; i < DRAWN; i++)
		phrase_deinit(&drawn[i]);
}

static size_t topic_of(size_t i)
{
	return i % ANSWER_TOPICS;
}

static size_t level_of(size_t i)
{
	return (size_t)drawn[i].level;
}

/* How many of the second half are nearest to the mean of their own class in the first half. */
static double share_recognised(size_t (*class_of)(size_t), size_t classes)
{
	static double means[CLASSES][DIMENSION];
	size_t counts[CLASSES] = { 0 }, right = 0;
	memset(means, 0, sizeof(means));
	for (size_t i = 0; i < DRAWN / 2; i++) {
		counts[class_of(i)]++;
		for (size_t j = 0; j < DIMENSION; j++)
			means[class_of(i)][j] += vectors[i][j];
	}
	for (size_t i = DRAWN / 2; i < DRAWN; i++) {
		size_t best = 0;
		double least = 1e9;
		for (size_t c = 0; c < classes; c++) {
			double distance = 0;
			for (size_t j = 0; j < DIMENSION; j++) {
				double gap = vectors[i][j] - means[c][j] / (double)counts[c];
				distance += gap * gap;
			}
			best = distance < least ? c : best;
			least = distance < least ? distance : least;
		}
		right += best == class_of(i);
	}
	return (double)right / (DRAWN - DRAWN / 2);
}

START_TEST(no_gap_stays_open_and_a_question_begins_with_a_capital)
{
	draw_all();
	for (size_t i = 0; i < DRAWN; i++) {
		ck_assert_msg(strpbrk(drawn[i].text, "{}") == NULL, "%s", drawn[i].text);
		ck_assert_msg(strstr(drawn[i].text, "  ") == NULL, "%s", drawn[i].text);
		ck_assert_msg(strchr("abcdefghijklmnopqrstuvwxyz ", drawn[i].text[0]) == NULL, "%s",
			      drawn[i].text);
	}
	free_all();
}
END_TEST

START_TEST(every_topic_has_phrases_of_every_level_and_only_known_gaps)
{
	for (size_t t = 0; t < ANSWER_TOPICS; t++) {
		size_t levels[TOPIC_LEVELS] = { 0 };
		for (const struct topic_phrase *phrase = answer_topics[t]->phrases; phrase->text; phrase++)
			levels[phrase->level]++;
		for (size_t level = 0; level < TOPIC_LEVELS; level++)
			ck_assert_uint_ge(levels[level], 3);
		if (t > 0)
			ck_assert_int_lt(strcmp(answer_topics[t - 1]->name, answer_topics[t]->name), 0);
	}
}
END_TEST

static int by_text(const void *left, const void *right)
{
	return strcmp(((const struct phrase *)left)->text, ((const struct phrase *)right)->text);
}

START_TEST(hardly_any_question_is_asked_twice)
{
	size_t distinct = 1;
	draw_all();
	qsort(drawn, DRAWN, sizeof(*drawn), by_text);
	for (size_t i = 1; i < DRAWN; i++)
		distinct += strcmp(drawn[i - 1].text, drawn[i].text) != 0;
	ck_assert_uint_gt(distinct, DRAWN * 9 / 10);
	free_all();
}
END_TEST

START_TEST(hard_questions_have_conditions_and_easy_ones_none)
{
	draw_all();
	size_t levels[TOPIC_LEVELS] = { 0 };
	for (size_t i = 0; i < DRAWN; i++) {
		levels[drawn[i].level]++;
		ck_assert_int_ge(drawn[i].conditions, drawn[i].level == 2);
		ck_assert_int_le(drawn[i].conditions, drawn[i].level);
	}
	for (size_t level = 0; level < TOPIC_LEVELS; level++)
		ck_assert_uint_gt(levels[level], DRAWN / 5);
	free_all();
}
END_TEST

START_TEST(the_hash_encoder_tells_topics_and_levels_apart)
{
	draw_all();
	double topics = share_recognised(topic_of, ANSWER_TOPICS),
	       levels = share_recognised(level_of, TOPIC_LEVELS);
	ck_assert_msg(topics > 0.9, "topics %.3f", topics);
	ck_assert_msg(levels > 0.8, "levels %.3f", levels);
	free_all();
}
END_TEST

SUITE_MAIN("phrase", no_gap_stays_open_and_a_question_begins_with_a_capital,
	   every_topic_has_phrases_of_every_level_and_only_known_gaps, hardly_any_question_is_asked_twice,
	   hard_questions_have_conditions_and_easy_ones_none, the_hash_encoder_tells_topics_and_levels_apart)
