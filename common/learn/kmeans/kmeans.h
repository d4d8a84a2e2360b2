/* kmeans.h: the K-means learner: a table of means per cluster and model.                       (kind: kernel)
 *
 * Phase 0 gathers a few centroids from every client and clusters them into common centres; phase 1 adds up
 * what every client saw per (centre, model); the router looks up the row of the nearest centre.
 * algorithms.md §4, README.md here
 */
#pragma once

#include "common/learn/learner.h"

enum { KMEANS_PHASE_CENTROIDS, KMEANS_PHASE_CELLS, KMEANS_PHASES };

extern const struct learner kmeans_learner;
