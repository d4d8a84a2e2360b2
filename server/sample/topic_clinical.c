/* topic_clinical.c: what a hospital's wards and its patients ask.               (kind: kernel) */
#include "server/sample/topic.h"

const struct topic topic_clinical = {
	.name = "clinical",
	.lists = {
		{ "drug",
		  "metformin|ramipril|amoxicillin|apixaban|levothyroxine|prednisolone|salbutamol|"
		  "omeprazole|bisoprolol|insulin glargine|furosemide" },
		{ "disease",
		  "type 2 diabetes|atrial fibrillation|asthma|community-acquired pneumonia|chronic "
		  "kidney disease|hypothyroidism|heart failure|migraine|rheumatoid arthritis|iron "
		  "deficiency anaemia" },
		{ "symptom",
		  "shortness of breath|chest pain|a persistent cough|night sweats|dizziness|swollen "
		  "ankles|blurred vision|a fever of 39.{2} degrees|palpitations|abdominal pain" },
		{ "patient",
		  "a {2}-year-old woman|a {2}-year-old man|a pregnant patient|a patient of {2} kg on "
		  "dialysis|a child of {2} kg" },
		{ "value",
		  "creatinine|haemoglobin|potassium|troponin|ferritin|HbA1c|CRP|TSH" },
		{ "ward",
		  "cardiology|the emergency department|nephrology|the day clinic|paediatrics|intensive "
		  "care" },
		{ "note",
		  "discharge letter|nursing note|referral|anamnesis|radiology report" },
		{ "test",
		  "ECG|chest X-ray|MRI of the knee|blood gas analysis|echocardiogram|lumbar puncture|"
		  "colonoscopy" },
	},
	.conditions =
		"the glomerular filtration rate is {2} ml/min|the patient also takes {drug} and {drug}|"
		"{value} has doubled since {month}|there is a documented allergy to {drug}|the {test} "
		"is contraindicated|the differential diagnosis includes {disease}|sepsis criteria are "
		"borderline",
	.phrases = {
		{ 0, TOPIC_RECALL, "What is the usual adult dose of {drug}?" },
		{ 0, TOPIC_RECALL, "Which side effects of {drug} should a patient know?" },
		{ 0, TOPIC_EXTRACT, "Take the medication out of this {note}: \"{drug} {3} mg twice "
			"daily, {drug} as needed, seen in {ward}\"." },
		{ 0, TOPIC_RECALL, "Should a patient fast before a {test}?" },
		{ 0, TOPIC_EXTRACT, "The {note} says \"{symptom} since {weekday}, no {symptom}\". Which "
			"symptom is present?" },
		{ 1, TOPIC_EXTRACT, "Code the diagnoses in this {note} from {ward}: {patient} with "
			"{disease}, treated with {drug}, now {symptom}." },
		{ 1, TOPIC_WRITE, "Write a {note} for {patient} with {disease}, started on {drug}, "
			"control of {value} in {2} days." },
		{ 1, TOPIC_RECALL, "Which {value} level calls for a change of {drug} in {disease}, and "
			"how often is it measured?" },
		{ 1, TOPIC_REASON, "{patient} on {drug} comes to {ward} with {symptom} and a {value} of "
			"{2}. What is checked first?" },
		{ 2, TOPIC_REASON, "{patient} with {disease} and {disease} presents with {symptom} and "
			"{symptom}; {value} is {3}, {value} is {2}. Weigh the differential "
			"diagnoses and justify the next step." },
		{ 2, TOPIC_REASON, "Reconcile {drug}, {drug} and {drug} for {patient} with {disease}: "
			"find interactions, adjust every dose and justify the order of "
			"changes." },
		{ 2, TOPIC_REASON, "Interpret a {test} together with {value} {2} and {value} {3} in "
			"{patient} after {symptom}, and derive whether {disease} explains "
			"all findings." },
	},
};
