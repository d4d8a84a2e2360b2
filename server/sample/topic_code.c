/* topic_code.c: what programmers ask.                                           (kind: kernel) */
#include "server/sample/topic.h"

const struct topic topic_code = {
	.name = "code",
	.lists = {
		{ "language",
		  "Python|C|Rust|Go|Java|TypeScript|SQL|Bash|Kotlin" },
		{ "thing",
		  "linked list|hash map|priority queue|binary tree|ring buffer|trie|matrix|bitset|heap" },
		{ "verb",
		  "sort|reverse|merge|parse|validate|serialise|deduplicate|rotate" },
		{ "data",
		  "a CSV file|a JSON document|an array of integers|a list of timestamps|a log file|a "
		  "UTF-8 string|a table of orders|an XML feed" },
		{ "error",
		  "segmentation fault|null pointer exception|index out of range|deadlock|type mismatch|"
		  "undefined symbol|stack overflow|use after free" },
		{ "function",
		  "parse_header()|load_config()|flush_queue()|find_user()|compute_hash()|retry_request()|"
		  "next_token()" },
		{ "system",
		  "web server|message broker|job scheduler|cache layer|compiler pass|replication "
		  "protocol|garbage collector|query planner" },
		{ "unit",
		  "unit test|docstring|type annotation|commit message|makefile rule" },
	},
	.conditions =
		"it must run in O(n log n) with constant extra memory|several threads call {function} "
		"without a lock|the input does not fit into memory|no allocation is allowed on the hot "
		"path|the invariant has to hold after a crash in {function}|backwards compatibility "
		"with version {2} is required|the race between {function} and {function} must be ruled "
		"out",
	.phrases = {
		{ 0, TOPIC_RECALL, "How do I {verb} {data} in {language}?" },
		{ 0, TOPIC_WRITE, "Write a one-line {unit} for {function} in {language}." },
		{ 0, TOPIC_EXTRACT, "Which line raises the {error} in this trace: \"line {2}: "
			"{function}, line {3}: {function}\"?" },
		{ 0, TOPIC_RECALL, "How does one write an empty {thing} in {language}?" },
		{ 0, TOPIC_WRITE, "Give a {language} snippet that prints the length of {data}." },
		{ 1, TOPIC_WRITE, "Write a {language} function that can {verb} {data} and returns a "
			"{thing}, with a {unit}." },
		{ 1, TOPIC_REASON, "My {language} program stops with a {error} in {function} after {3} "
			"iterations over a {thing}. Find the bug." },
		{ 1, TOPIC_WRITE, "Translate {function}, which has to {verb} {data}, from {language} "
			"to {language}." },
		{ 1, TOPIC_EXTRACT, "Summarise what changed between {function} and {function} in this "
			"{language} diff of {2} lines." },
		{ 2, TOPIC_REASON, "Design a lock-free {thing} for a {system} in {language} and prove "
			"that {function} never loses an element." },
		{ 2, TOPIC_REASON, "Analyse why the {system} shows a {error} only under load: walk "
			"through the interleavings of {function} and {function} and propose "
			"a fix with its proof." },
		{ 2, TOPIC_REASON, "Refactor the {system} so that it can {verb} {data} incrementally; "
			"derive the amortised complexity of {function} over a {thing}." },
	},
};
