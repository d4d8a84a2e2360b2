/* topic_public.c: what citizens ask their town and what its offices ask.        (kind: kernel) */
#include "server/sample/topic.h"

const struct topic topic_public = {
	.name = "public",
	.graded = true,
	.lists = {
		{ "permit",
		  "building permit|parking permit|residence permit|trade licence|event permit|fishing "
		  "licence|dog tag|driving licence" },
		{ "office",
		  "town hall|registry office|tax office|youth welfare office|road traffic office|public "
		  "library|school board" },
		{ "form",
		  "birth certificate|proof of address|registration form|housing benefit application|"
		  "declaration of income|site plan" },
		{ "matter",
		  "street lighting|bus line {2}|waste collection|a noise complaint|the swimming pool|a "
		  "kindergarten place|snow clearing|the weekly market" },
		{ "group",
		  "families with {2} children|pensioners|students|shop owners|new residents|volunteers|"
		  "residents of {city}" },
		{ "text",
		  "council resolution|press release|bylaw|notice to residents|minutes|budget proposal" },
	},
	.conditions =
		"the applicant moved from {city} in {month}|the bylaw was amended after the "
		"application|two offices claim to be responsible|the budget for {matter} is exhausted|"
		"the objection of {group} has suspensive effect|European procurement rules apply above "
		"{4} thousand",
	.phrases = {
		{ 0, TOPIC_RECALL, "Where do I apply for a {permit}?" },
		{ 0, TOPIC_RECALL, "When is the {office} open on {weekday}?" },
		{ 0, TOPIC_EXTRACT, "Which office handles this request: \"{person} reports {matter} near "
			"the {office}\"?" },
		{ 0, TOPIC_RECALL, "Do I need a {form} for a {permit}?" },
		{ 0, TOPIC_RECALL, "What does a {permit} cost for {group}?" },
		{ 1, TOPIC_WRITE, "Write a {text} about {matter} for {group}, to be published in "
			"{month}." },
		{ 1, TOPIC_EXTRACT, "Summarise the {text} on {matter}: the {office} proposes, {group} "
			"object, the vote is {2} to {2}." },
		{ 1, TOPIC_WRITE, "Explain to {group} in plain language why the {form} is asked for "
			"with a {permit}." },
		{ 1, TOPIC_RECALL, "Which documents besides the {form} does the {office} want for a "
			"{permit} of {group}?" },
		{ 2, TOPIC_REASON, "Assess whether the {office} may refuse {person} a {permit} on the "
			"ground of {matter} although the {form} is complete; weigh the "
			"{text} and draft the reasons." },
		{ 2, TOPIC_REASON, "Allocate {3} thousand between {matter} and {matter} so that {group} "
			"and {group} are treated alike, and justify the key against the "
			"{text}." },
		{ 2, TOPIC_WRITE, "Draft an answer to the appeal of {group} against the {text} on "
			"{matter} that examines admissibility, merits and costs in turn." },
	},
};
