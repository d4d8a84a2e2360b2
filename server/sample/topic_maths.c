/* topic_maths.c: what pupils, students and their teachers ask.                  (kind: kernel) */
#include "server/sample/topic.h"

const struct topic topic_maths = {
	.name = "maths",
	.lists = {
		{ "shape",
		  "triangle|circle|cube|trapezium|cone|regular hexagon|sphere|rhombus" },
		{ "goods",
		  "apples|tickets|marbles|pencils|litres of paint|eggs|kilometres" },
		{ "object",
		  "polynomial|matrix|sequence|graph|differential equation|random variable|prime number|"
		  "vector field|group" },
		{ "property",
		  "convergent|invertible|bounded|symmetric|continuous|irreducible|planar|cyclic" },
		{ "integral",
		  "x^{2} sin(x)|exp(-{2}x^2)|ln(x)/x^{2}|1/(x^2+{2})|x^{2} cos({2}x)" },
		{ "equation",
		  "{2}x + {2} = {3}|x^2 - {2}x + {2} = 0|{2}x - {2} = {2}x + {2}|3^x = {3}" },
	},
	.conditions =
		"the {object} is {property} but not {property}|the modulus is {3}|only induction may "
		"be used|the draws are without replacement|the boundary term does not vanish|the "
		"result must hold for every n greater than {2}|no two of the {2} points coincide",
	.phrases = {
		{ 0, TOPIC_REASON, "What is {2} times {2}?" },
		{ 0, TOPIC_RECALL, "What is the area of a {shape}?" },
		{ 0, TOPIC_REASON, "{person} has {2} {goods} and gives away {2}. How many {goods} are "
			"left?" },
		{ 0, TOPIC_REASON, "Solve for x: {equation}." },
		{ 0, TOPIC_RECALL, "When is a {object} called {property}?" },
		{ 1, TOPIC_REASON, "{person} buys {2} {goods} for {3} and sells {2} of them with a "
			"profit of {2} percent. How much is earned altogether?" },
		{ 1, TOPIC_REASON, "Compute the integral of {integral} from 0 to {2}." },
		{ 1, TOPIC_REASON, "Solve the system {equation} and {equation} for x and y, and check "
			"the solution." },
		{ 1, TOPIC_REASON, "A {shape} has sides or radius {2} and a {shape} has {2}. What is "
			"the ratio of their areas?" },
		{ 2, TOPIC_REASON, "Prove that every {property} {object} of order {3} is {property}, or "
			"construct a counterexample." },
		{ 2, TOPIC_REASON, "Derive a closed form for the expected number of {goods} drawn until "
			"{2} of {3} have been seen, and prove its asymptotic growth." },
		{ 2, TOPIC_REASON, "Prove that the integral of {integral} over the real line times the "
			"sum of {integral} is {property}, and derive its value." },
	},
};
