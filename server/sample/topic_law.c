/* topic_law.c: what lawyers and their clients ask.                              (kind: kernel) */
#include "server/sample/topic.h"

const struct topic topic_law = {
	.name = "law",
	.graded = true,
	.lists = {
		{ "contract",
		  "lease|employment contract|non-disclosure agreement|purchase agreement|software "
		  "licence|franchise agreement|loan deed|partnership agreement" },
		{ "party",
		  "the tenant|the landlord|the employer|the employee|the seller|the buyer|the licensee|"
		  "the guarantor|the insurer" },
		{ "clause",
		  "limitation of liability|termination clause|non-compete clause|arbitration clause|"
		  "force majeure clause|retention of title|penalty clause|choice of law" },
		{ "claim",
		  "damages|specific performance|rescission|unpaid rent|severance pay|an injunction|"
		  "reimbursement" },
		{ "court",
		  "the district court|the labour tribunal|the court of appeal|an arbitral panel|the "
		  "commercial chamber" },
		{ "breach",
		  "late delivery|a hidden defect|unpaid invoices|disclosure of trade secrets|unfair "
		  "dismissal|a missed notice period|misleading advertising" },
		{ "deed",
		  "statement of claim|letter of notice|power of attorney|witness statement|settlement "
		  "proposal" },
	},
	.conditions =
		"the {clause} is governed by foreign law|the limitation period ended in {month}|"
		"{party} contributed to the damage|an earlier judgment of {court} points the other way|"
		"the {contract} was amended orally|{party} is insolvent and the claim was assigned|the "
		"burden of proof is reversed",
	.phrases = {
		{ 0, TOPIC_RECALL, "What is a {clause} in a {contract}?" },
		{ 0, TOPIC_RECALL, "How long is the notice period of a {contract}?" },
		{ 0, TOPIC_EXTRACT, "Who is liable under this sentence: \"{party} shall indemnify "
			"{party} for {breach}\"?" },
		{ 0, TOPIC_EXTRACT, "Find the date in the {deed}: \"signed in {city} on {month} {day}, "
			"between {party} and {party}\"." },
		{ 0, TOPIC_RECALL, "Which form does a {deed} need before {court}?" },
		{ 1, TOPIC_WRITE, "Draft a {deed} in which {party} asks for {claim} because of "
			"{breach}." },
		{ 1, TOPIC_EXTRACT, "List the duties of {party} and of {party} in a {contract} with a "
			"{clause} and a {clause}." },
		{ 1, TOPIC_REASON, "{party} ended the {contract} after {breach}. May {party} still ask "
			"for {claim}?" },
		{ 1, TOPIC_WRITE, "Rewrite the {clause} of our {contract} so that {party} understands "
			"it without a lawyer." },
		{ 2, TOPIC_REASON, "Assess whether {party} can enforce {claim} against {party} before "
			"{court} when the {clause} of the {contract} excludes {breach}; "
			"argue both sides and conclude." },
		{ 2, TOPIC_REASON, "Distinguish the precedent on {breach} from our case, in which "
			"{party} relied on the {clause}, and justify which standard {court} "
			"applies to {claim}." },
		{ 2, TOPIC_REASON, "Analyse the conflict between the {clause} and the {clause} of a "
			"{contract} after {breach}, and derive the order in which {claim} "
			"and {claim} are satisfied." },
	},
};
