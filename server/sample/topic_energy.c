/* topic_energy.c: what technicians of a power grid and its plants ask.          (kind: kernel) */
#include "server/sample/topic.h"

const struct topic topic_energy = {
	.name = "energy",
	.lists = {
		{ "machine",
		  "gas turbine|wind turbine|transformer|heat pump|battery container|inverter|circuit "
		  "breaker|feedwater pump|solar string" },
		{ "part",
		  "bearing|gearbox|cooling fan|bushing|rotor blade|relay|oil filter|busbar|pressure valve" },
		{ "fault",
		  "overheats|trips|vibrates|leaks oil|loses pressure|does not synchronise|shows a ground "
		  "fault|derates itself" },
		{ "quantity",
		  "{3} kV|{2} MW|{3} MWh|{2}.{2} Hz|{3} amperes|{2} bar" },
		{ "site",
		  "the {city} substation|plant {2}|feeder {3}|the offshore park|the district heating "
		  "station|wind farm {2}" },
		{ "job",
		  "inspection|lubrication|firmware update|insulation test|oil sampling|blade cleaning|"
		  "calibration" },
		{ "signal",
		  "temperature|vibration|oil level|reactive power|frequency|winding current" },
	},
	.conditions =
		"the neighbouring line is out for {job}|the load flow has to satisfy the n-1 criterion|"
		"the ambient temperature reaches {2} degrees|reactive power is limited to {2} Mvar|the "
		"battery may cycle only {2} times per {month}|day-ahead prices turn negative for {2} "
		"hours|the protection relay has a dead time of {3} ms",
	.phrases = {
		{ 0, TOPIC_RECALL, "How often does the {part} of a {machine} need {job}?" },
		{ 0, TOPIC_EXTRACT, "Read the {signal} from this record: \"{site}, {machine}, {signal} "
			"{quantity}, {weekday}\"." },
		{ 0, TOPIC_RECALL, "Which alarm is raised when a {machine} {fault}?" },
		{ 0, TOPIC_EXTRACT, "Shift report: {machine} at {site} {fault}. Which work order fits, "
			"{job} or {job}?" },
		{ 0, TOPIC_RECALL, "Where is the {part} of the {machine} listed in the manual?" },
		{ 1, TOPIC_WRITE, "Write a work order for {job} of the {part} at {site} because the "
			"{machine} {fault}." },
		{ 1, TOPIC_EXTRACT, "From the maintenance log of {site} list every {machine} that "
			"{fault} and its {signal}: {quantity}, {quantity}, {quantity}." },
		{ 1, TOPIC_REASON, "The {machine} at {site} {fault} at {quantity} while {signal} rises. "
			"Is it the {part} or the {part}?" },
		{ 1, TOPIC_RECALL, "Which {signal} limits apply to a {machine} above {quantity}, and "
			"after how many hours of {job}?" },
		{ 2, TOPIC_REASON, "Plan the dispatch of a {machine} and a {machine} at {site} for {2} "
			"hours with {quantity} and {quantity} available; derive the optimum "
			"and its marginal price." },
		{ 2, TOPIC_REASON, "Derive from {signal} {quantity} and {signal} {quantity} whether the "
			"{part} of the {machine} fails before the next {job}, and quantify "
			"the risk." },
		{ 2, TOPIC_REASON, "Analyse the cascade after the {machine} at {site} {fault} at "
			"{quantity}: compute the flow on each remaining line and justify "
			"which load is shed." },
	},
};
