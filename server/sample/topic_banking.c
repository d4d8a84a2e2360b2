/* topic_banking.c: what a bank's staff and customers ask.                       (kind: kernel) */
#include "server/sample/topic.h"

const struct topic topic_banking = {
	.name = "banking",
	.lists = {
		{ "product",
		  "current account|savings account|credit card|instant-access deposit|overdraft facility|"
		  "consumer loan|fixed-rate mortgage|securities account|prepaid card|business account" },
		{ "action",
		  "close|open|freeze|upgrade|transfer|refinance|reactivate" },
		{ "payment",
		  "standing order|direct debit|wire transfer|card payment|cheque|instant payment|cash "
		  "withdrawal|foreign transfer" },
		{ "trouble",
		  "was charged twice|was returned unpaid|has not arrived|was declined|went to the wrong "
		  "beneficiary|shows a wrong value date|was blocked by the fraud filter" },
		{ "amount",
		  "EUR {3}.{2}|EUR {4}|GBP {3}|USD {4}.{2}|CHF {3}" },
		{ "merchant",
		  "a supermarket|an airline|an online bookshop|a petrol station|a streaming service|a "
		  "hotel|a furniture store|a pharmacy" },
		{ "rate",
		  "2.{2} %|3.{2} %|4.{2} %|5.{2} %|6.{2} %" },
		{ "paper",
		  "account statement|loan agreement|card statement|dunning letter|fee schedule|credit "
		  "report" },
		{ "rule",
		  "anti-money-laundering check|know-your-customer review|capital requirement|strong "
		  "customer authentication|deposit guarantee|interest rate cap" },
	},
	.conditions =
		"the borrower repays {amount} ahead of schedule in {month}|the interest is compounded "
		"monthly and fees of {amount} are financed|half of the exposure is collateralised at a "
		"haircut of {2} %|the exchange rate moves by {2} basis points before settlement|the "
		"account is held jointly and one holder lives abroad|the {rule} flags the counterparty|"
		"the covenant ratio must stay above 1.{2}",
	.phrases = {
		{ 0, TOPIC_RECALL, "How do I {action} my {product}?" },
		{ 0, TOPIC_RECALL, "What is the daily limit for a {payment} with a {product}?" },
		{ 0, TOPIC_EXTRACT, "My {payment} of {amount} at {merchant} {trouble}. Which category of "
			"complaint is this?" },
		{ 0, TOPIC_EXTRACT, "Which amount is due according to this line of the {paper}: "
			"\"{month} {day}, {payment}, {merchant}, {amount}\"?" },
		{ 0, TOPIC_RECALL, "Does the {product} carry a monthly fee, and can the branch in "
			"{city} waive it?" },
		{ 1, TOPIC_EXTRACT, "The {paper} of {person} lists a {payment} of {amount} to "
			"{merchant}, a {payment} of {amount} and a fee of {amount}. Book "
			"each item to its ledger account." },
		{ 1, TOPIC_REASON, "A customer of our {city} branch has a {product} over {amount} at "
			"{rate}. What does she pay per month if it runs for {2} months?" },
		{ 1, TOPIC_WRITE, "Write to {person} that the {payment} of {amount} {trouble} and what "
			"the bank does about it." },
		{ 1, TOPIC_RECALL, "When does a {payment} above {amount} trigger the {rule}, and who "
			"signs it off?" },
		{ 2, TOPIC_REASON, "Compare two offers for a {product} over {amount}, one at {rate} "
			"fixed for {2} years and one at {rate} variable. Derive the "
			"effective annual rate of both and the break-even month." },
		{ 2, TOPIC_REASON, "Derive the change of net interest income when deposits reprice at "
			"{rate} while the loan book of {amount} million yields {rate}, and "
			"stress the result by {2} basis points." },
		{ 2, TOPIC_REASON, "Trace whether the chain of transfers {amount}, {amount} and "
			"{amount} between {person}, {person} and a company in {city} "
			"structures payments around the {rule}. Justify it." },
	},
};
