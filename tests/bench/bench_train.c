/* bench_train.c: how fast clients of the MLP learner train, and what a step is made of.     (kind: conductor)
 *
 * bench_train round DIMENSION ROWS MODELS CLIENTS THREADS: every client contributes a round from the same
 * ROWS random rows (one epoch, batch 128), first one client alone, then CLIENTS of them on THREADS threads.
 * bench_train step DIMENSION MODELS: the kernels of one step. bench_train gemm: this machine's matrix
 * products. One JSON object on stdout.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/learn/mlp/mlp.h"
#include "common/learn/mlp/mlp_step.h"
#include "common/loop/parallel.h"
#include "common/numerics/adamw.h"
#include "common/numerics/blas.h"
#include "common/numerics/dense.h"
#include "common/numerics/dropout.h"
#include "common/numerics/gelu.h"
#include "common/numerics/layernorm.h"

struct bench {
	size_t dimension, clients, threads, rows, models;
	float *x;
	struct observation *observations;
	const char **names;
	struct encoder_identity encoder;
	struct plan plan;
	struct state state;
	struct phase phase;
};

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void fill(struct bench *bench)
{
	struct rng rng;
	rng_init(&rng, 1, 0);
	for (size_t i = 0; i < bench->rows; i++) {
		float *x = bench->x + i * bench->dimension;
		for (size_t j = 0; j < bench->dimension; j++)
			x[j] = (float)rng_normal(&rng);
		embed_normalize(x, bench->dimension);
		uint32_t model = (uint32_t)rng_below(&rng, bench->models);
		bench->observations[i] =
			(struct observation){ (uint32_t)i, model,
					      rng_uniform(&rng) < 0.5 + 5.0 * (double)x[model],
					      1e-4 * (1 + model) * exp(rng_normal(&rng)), NAN };
	}
}

static struct dataset rows_of(const struct bench *bench)
{
	return (struct dataset){ .n_models = bench->models,
				 .models = bench->names,
				 .n_queries = bench->rows,
				 .dimension = bench->dimension,
				 .embeddings = bench->x,
				 .n_rows = bench->rows,
				 .rows = bench->observations };
}

/* The state after phase 0 of one client, and the first round's phase. */
static int start(struct bench *bench)
{
	cleanup(answer_deinit) struct answer answer = { 0 };
	struct dataset data = rows_of(bench);
	TRY(mlp_learner.init(&bench->plan, &bench->state));
	TRY(mlp_learner.next(&bench->plan, &bench->state, &bench->phase));
	TRY(mlp_learner.contribute(&bench->plan, &bench->phase, &bench->state, &data, "client", &answer));
	struct answers answers = { .n = 1, .rows = answer.rows, .total = answer.words };
	TRY(mlp_learner.fold(&bench->plan, &bench->phase, &bench->state, &answers));
	bench->state.phase++;
	return mlp_learner.next(&bench->plan, &bench->state, &bench->phase);
}

static int make(struct bench *bench)
{
	bench->x = calloc(bench->rows * bench->dimension, sizeof(*bench->x));
	bench->observations = calloc(bench->rows, sizeof(*bench->observations));
	bench->names = calloc(bench->models, sizeof(*bench->names));
	TRY_ALLOC(bench->x && bench->observations && bench->names);
	TRY(encoder_identity_given("random", bench->dimension, &bench->encoder));
	for (size_t m = 0; m < bench->models; m++)
		bench->names[m] = "model";
	bench->plan = (struct plan){ .learner = "mlp",
				     .seed = 100,
				     .rounds = 1,
				     .encoder = &bench->encoder,
				     .n_models = bench->models,
				     .models = bench->names,
				     .limit_rows = PLAN_ROWS,
				     .limit_cohort = PLAN_COHORT };
	settings_init(&bench->plan.settings, mlp_learner.settings);
	fill(bench);
	return start(bench);
}

/* One client's round, from the state to its sums. */
static int contribute(void *context, size_t index, size_t worker)
{
	struct bench *bench = context;
	cleanup(answer_deinit) struct answer answer = { 0 };
	struct dataset data = rows_of(bench);
	char name[32];
	(void)worker;
	snprintf(name, sizeof(name), "client-%02zu", index);
	return mlp_learner.contribute(&bench->plan, &bench->phase, &bench->state, &data, name, &answer);
}

static int measure(struct bench *bench, size_t threads, size_t clients, double *rows_per_s)
{
	double start = now();
	TRY(parallel_run(threads, clients, contribute, bench));
	*rows_per_s = (double)(clients * bench->rows) / (now() - start);
	return 0;
}

/* --- the kernels of a step --- */

struct kernels {
	struct mlp_work *work;
	struct rng rng;
	uint32_t words[MLP_UNITS / 2];
	struct dense_shape first, second;
};

static float *tensor(const struct kernels *k, float *block, enum mlp_tensor i)
{
	return block + k->work->layout.at[i].first;
}

static void forward_products(const struct kernels *k)
{
	const struct mlp_work *w = k->work;
	dense_forward(w->x, w->x_row, tensor(k, w->p, MLP_WEIGHT), tensor(k, w->p, MLP_BIAS),
		      w->layers[0].normal, MLP_ROW, k->first);
	dense_forward(w->layers[0].out, MLP_ROW, tensor(k, w->p, MLP_OF_LAYER + MLP_WEIGHT),
		      tensor(k, w->p, MLP_OF_LAYER + MLP_BIAS), w->layers[1].normal, MLP_ROW, k->second);
}

static void weight_gradients(const struct kernels *k)
{
	const struct mlp_work *w = k->work;
	for (size_t panel = 0; panel < MLP_UNITS / MLP_PANEL; panel++) {
		dense_gradient(w->x, w->x_row, w->d_below, MLP_ROW,
			       tensor(k, w->g, MLP_WEIGHT) + panel * k->first.in * MLP_PANEL, panel,
			       k->first);
		dense_gradient(w->layers[0].out, MLP_ROW, w->d, MLP_ROW,
			       tensor(k, w->g, MLP_OF_LAYER + MLP_WEIGHT) + panel * MLP_UNITS * MLP_PANEL,
			       panel, k->second);
	}
}

static void input_gradient(const struct kernels *k)
{
	const struct mlp_work *w = k->work;
	dense_transpose(tensor(k, w->p, MLP_OF_LAYER + MLP_WEIGHT), w->turned, MLP_UNITS, MLP_UNITS);
	dense_forward(w->d, MLP_ROW, w->turned, NULL, w->d_below, MLP_ROW, k->second);
}

static void rows_forward(const struct kernels *k)
{
	for (size_t l = 0; l < MLP_LAYERS; l++) {
		const struct mlp_activation *to = &k->work->layers[l];
		for (size_t i = 0; i < MLP_BATCH; i++) {
			float *out = to->out + i * MLP_ROW;
			layernorm_forward(to->normal + i * MLP_ROW,
					  tensor(k, k->work->p, l * MLP_OF_LAYER + MLP_GAMMA),
					  tensor(k, k->work->p, l * MLP_OF_LAYER + MLP_BETA), out,
					  &to->scale[i], MLP_UNITS);
			gelu_forward(out, to->slope + i * MLP_ROW, MLP_UNITS);
		}
	}
}

static void rows_backward(const struct kernels *k)
{
	for (size_t l = 0; l < MLP_LAYERS; l++) {
		float *g[MLP_OF_LAYER];
		for (size_t i = 0; i < MLP_OF_LAYER; i++)
			g[i] = tensor(k, k->work->g, l * MLP_OF_LAYER + i);
		mlp_layer_backward(tensor(k, k->work->p, l * MLP_OF_LAYER + MLP_GAMMA), &k->work->layers[l],
				   MLP_BATCH, k->work->d, g);
	}
}

static void masks(const struct kernels *k)
{
	uint32_t words[MLP_UNITS / 2];
	for (size_t l = 0; l < MLP_LAYERS; l++) {
		const struct mlp_activation *to = &k->work->layers[l];
		for (size_t i = 0; i < MLP_BATCH; i++) {
			rng_fill(&k->rng, i * MLP_UNITS / 2, words, MLP_UNITS / 2);
			dropout_apply(words, to->out + i * MLP_ROW, to->slope + i * MLP_ROW, MLP_UNITS);
		}
	}
}

static void optimiser(const struct kernels *k)
{
	mlp_step_update(k->work, 1e-3, 3e-4);
}

static void whole_step(const struct kernels *k)
{
	mlp_step_gradient(k->work, MLP_BATCH, &k->rng);
	mlp_step_update(k->work, 1e-3, 3e-4);
}

static void refill(struct kernels *k)
{
	struct rng rng;
	rng_init(&rng, 2, 0);
	for (size_t i = 0; i < k->work->layout.floats; i++)
		k->work->p[i] = 0.05f * (float)rng_normal(&rng);
	for (size_t i = 0; i < MLP_BATCH * k->work->x_row; i++)
		k->work->x[i] = 0.05f * (float)rng_normal(&rng);
	for (size_t i = 0; i < MLP_BATCH; i++)
		k->work->targets[i] = (struct mlp_target){ (uint32_t)(i % k->work->layout.n_models),
							   (float)(i % 2), (float)rng_normal(&rng) };
}

/* The median of many runs, in microseconds. */
static int by_size(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

static double microseconds(const struct kernels *k, void (*kernel)(const struct kernels *))
{
	enum { RUNS = 101 };
	double times[RUNS];
	for (size_t i = 0; i < RUNS; i++) {
		double start = now();
		kernel(k);
		times[i] = 1e6 * (now() - start);
	}
	qsort(times, RUNS, sizeof(*times), by_size);
	return times[RUNS / 2];
}

static int step(size_t dimension, size_t models)
{
	static const struct {
		const char *name;
		void (*run)(const struct kernels *);
	} kernels[] = { { "step", whole_step },
			{ "forward_products", forward_products },
			{ "weight_gradients", weight_gradients },
			{ "input_gradient", input_gradient },
			{ "layernorm_gelu_forward", rows_forward },
			{ "layernorm_gelu_backward", rows_backward },
			{ "dropout", masks },
			{ "adamw", optimiser } };
	cleanup(mlp_work_cleanup) struct mlp_work *work = NULL;
	struct mlp_layout layout = mlp_layout_of(dimension, models);
	TRY(mlp_work_new(&layout, &work));
	struct kernels k = { .work = work,
			     .first = { MLP_BATCH, dimension, MLP_UNITS },
			     .second = { MLP_BATCH, MLP_UNITS, MLP_UNITS } };
	rng_init(&k.rng, 3, 0);
	refill(&k);
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++)
		printf("%s\"%s\":%.1f", i > 0 ? "," : "{", kernels[i].name, microseconds(&k, kernels[i].run));
	printf("}\n");
	return 0;
}

/* --- matrix products --- */

enum { GEMM_K = 768, GEMM_SQUARE = 1536 };

struct product {
	size_t m, n, k;
	const float *a, *b;
	float *c;
};

static void by_openblas(const struct product *p)
{
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)p->m, (int)p->n, (int)p->k, 1.0f, p->a,
		    (int)p->k, p->b, (int)p->n, 0.0f, p->c, (int)p->n);
}

/* The same number of operations from panels, with rows an odd number of cache lines apart. */
static void by_ourselves(const struct product *p)
{
	dense_forward(p->a, p->k + 16, p->b, NULL, p->c, p->n + 16, (struct dense_shape){ p->m, p->k, p->n });
}

/* GFLOP/s of the fastest of some runs. */
static double gflops(const struct product *p, void (*multiply)(const struct product *))
{
	enum { RUNS = 12 };
	double best = INFINITY, flops = 2.0 * (double)p->m * (double)p->n * (double)p->k;
	size_t repeats = (size_t)fmax(1.0, 1e9 / flops);
	for (size_t run = 0; run < RUNS; run++) {
		double start = now();
		for (size_t i = 0; i < repeats; i++)
			multiply(p);
		best = fmin(best, (now() - start) / (double)repeats);
	}
	return 1e-9 * flops / best;
}

static int gemm(void)
{
	const size_t floats = GEMM_SQUARE * (GEMM_SQUARE + 16);
	cleanup(free_pointer) float *block = aligned_alloc(64, 3 * floats * sizeof(*block));
	TRY_ALLOC(block);
	for (size_t i = 0; i < 3 * floats; i++)
		block[i] = 0.01f * (float)(i % 251) - 1.0f;
	struct product batch = { MLP_BATCH, MLP_UNITS, GEMM_K, block, block + floats, block + 2 * floats };
	struct product square = { GEMM_SQUARE, GEMM_SQUARE,    GEMM_SQUARE,
				  block,       block + floats, block + 2 * floats };
	printf("{\"openblas_batch\":%.1f,\"openblas_square\":%.1f,\"own_batch\":%.1f}\n",
	       gflops(&batch, by_openblas), gflops(&square, by_openblas), gflops(&batch, by_ourselves));
	return 0;
}

static int rounds(struct bench *bench)
{
	double one, all;
	TRY(make(bench));
	TRY(measure(bench, 1, 1, &one)); /* to warm up */
	TRY(measure(bench, 1, 1, &one));
	TRY(measure(bench, bench->threads, bench->clients, &all));
	printf("{\"one_client\":%.0f,\"parallel\":%.0f}\n", one, all);
	return 0;
}

static int rounds_of(char **words)
{
	struct bench bench = { 0 };
	size_t *const sizes[] = { &bench.dimension, &bench.rows, &bench.models, &bench.clients,
				  &bench.threads };
	for (size_t i = 0; i < 5; i++)
		*sizes[i] = strtoul(words[i], NULL, 10);
	int result = rounds(&bench);
	state_deinit(&bench.state);
	encoder_identity_deinit(&bench.encoder);
	free(bench.x);
	free(bench.observations);
	free(bench.names);
	return result;
}

int main(int argc, char **argv)
{
	blas_start(argv);
	if (argc == 7 && strcmp(argv[1], "round") == 0)
		return rounds_of(argv + 2) == 0 ? 0 : 1;
	if (argc == 4 && strcmp(argv[1], "step") == 0)
		return step(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10)) == 0 ? 0 : 1;
	if (argc == 2 && strcmp(argv[1], "gemm") == 0)
		return gemm() == 0 ? 0 : 1;
	fprintf(stderr, "usage: bench_train round DIMENSION ROWS MODELS CLIENTS THREADS\n"
			"       bench_train step DIMENSION MODELS\n"
			"       bench_train gemm\n");
	return 2;
}
