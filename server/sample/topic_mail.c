/* topic_mail.c: what customers of shops and carriers write.                     (kind: kernel) */
#include "server/sample/topic.h"

const struct topic topic_mail = {
	.name = "mail",
	.graded = true,
	.lists = {
		{ "item",
		  "coffee machine|pair of boots|garden chair|phone case|winter coat|bicycle lamp|"
		  "suitcase|desk|headset|toaster|yoga mat" },
		{ "state",
		  "arrived broken|is the wrong colour|never came|is too small|has a scratch|stopped "
		  "working after {2} days|came without the charger" },
		{ "wish",
		  "a refund|a replacement|a voucher|a pickup at home|a new delivery date|an invoice|to "
		  "cancel the order" },
		{ "mood",
		  "I am really disappointed.|Thanks for your help so far!|This is the third time I "
		  "write.|No hurry.|I love the product otherwise.|My patience is over." },
		{ "carrier",
		  "the courier|your parcel service|the driver|the shop in {city}|the hotline" },
		{ "order",
		  "order {4}-{3}|parcel {4}{4}|my purchase of {month} {day}|delivery {4}" },
		{ "tone",
		  "friendly|short|formal|warm|cheerful" },
	},
	.conditions =
		"the voucher was already redeemed in {month}|the order was split and only one parcel "
		"of {2} arrived|the customer threatens to post a review|{carrier} claims a signature "
		"by {person}|the warranty ended {2} days ago|the gift was bought by {person}, who must "
		"not know",
	.phrases = {
		{ 0, TOPIC_EXTRACT, "Hi, my {item} {state}, {order}. I would like {wish}. {mood} "
			"Greetings, {person}" },
		{ 0, TOPIC_EXTRACT, "Dear team, where is {order}? {carrier} told me {weekday}. {mood} "
			"{person}" },
		{ 0, TOPIC_WRITE, "Answer in a {tone} tone: customer {person} thanks us for the {item}." },
		{ 0, TOPIC_EXTRACT, "What does the customer want? \"The {item} {state}, please send "
			"{wish}.\"" },
		{ 0, TOPIC_WRITE, "Write a {tone} subject line for a mail about {wish} for the {item}." },
		{ 1, TOPIC_WRITE, "Write a {tone} reply to {person}: the {item} of {order} {state}, we "
			"offer {wish}." },
		{ 1, TOPIC_WRITE, "Hello, I ordered a {item} and a {item} ({order}). The first "
			"{state}, the second {state}. I want {wish} for one and {wish} for "
			"the other. {mood} {person}" },
		{ 1, TOPIC_EXTRACT, "Summarise this thread for the next agent: {person} wrote on "
			"{weekday} that the {item} {state}, {carrier} promised {wish}, on "
			"{weekday} nothing had happened. {mood}" },
		{ 2, TOPIC_REASON, "Decide what {person} is entitled to and answer in a {tone} tone: "
			"the {item} {state}, {carrier} refused {wish} twice, and {order} was "
			"paid with a voucher. Weigh goodwill against the terms." },
		{ 2, TOPIC_REASON, "Three mails contradict each other: {person} says the {item} "
			"{state}, {carrier} says it was delivered on {weekday}, the "
			"warehouse booked {order} back. Reconstruct the events and propose "
			"{wish} or {wish}." },
		{ 2, TOPIC_WRITE, "Write a {tone} reply in two languages to {person}, whose {item} "
			"{state}, that declines {wish}, offers {wish} and keeps the customer." },
	},
};
