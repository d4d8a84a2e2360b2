/* loss.h: what the heads are trained on.                              algorithms.md §3      (kind: kernel) */
#pragma once

/* Sigmoid of a score head's output. */
float loss_sigmoid(float logit);

/* (a − y)² with a = sigmoid(logit): squared error of the probability. *slope = its derivative by the logit,
 * 2(a − y)·a(1 − a). */
float loss_score(float logit, float y, float *slope);

/* Huber's loss of e = z − target with corner 1: e²/2 where |e| < 1, else |e| − ½. *slope = clip(e, −1, 1). */
float loss_cost(float z, float target, float *slope);
