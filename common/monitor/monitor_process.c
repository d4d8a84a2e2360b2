/* monitor_process.c: memory, processor time and open files, from the kernel.              (kind: adapter) */
#include "common/monitor/monitor_process.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/base/metric.h"

/* Pages: all there are, and those in memory. */
static void print_memory(FILE *out)
{
	unsigned long long all, resident;
	double page = (double)sysconf(_SC_PAGESIZE);
	FILE *file = fopen("/proc/self/statm", "re");
	int n = file ? fscanf(file, "%llu %llu", &all, &resident) : 0;
	if (file)
		fclose(file);
	if (n != 2)
		return;
	metric_one(out, "process_resident_memory_bytes", METRIC_GAUGE, "Memory in use.",
		   (double)resident * page);
	metric_one(out, "process_virtual_memory_bytes", METRIC_GAUGE, "Address space in use.",
		   (double)all * page);
}

static void print_files(FILE *out)
{
	struct rlimit limit;
	double n = -3; /* ".", ".." and the folder itself */
	DIR *folder = opendir("/proc/self/fd");
	if (!folder || getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	while (readdir(folder))
		n++;
	closedir(folder);
	metric_one(out, "process_open_fds", METRIC_GAUGE, "Open files and connections.", n);
	metric_one(out, "process_max_fds", METRIC_GAUGE, "How many there may be.", (double)limit.rlim_cur);
}

static double seconds_of(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

void monitor_process_print(int64_t started, FILE *out)
{
	struct rusage usage;
	print_memory(out);
	print_files(out);
	if (getrusage(RUSAGE_SELF, &usage) == 0) {
		metric_one(out, "process_cpu_seconds_total", METRIC_COUNTER, "Processor time used.",
			   seconds_of(&usage.ru_utime) + seconds_of(&usage.ru_stime));
		metric_one(out, "process_resident_memory_max_bytes", METRIC_GAUGE,
			   "Most memory that was in use.", (double)usage.ru_maxrss * 1024);
	}
	metric_one(out, "process_start_time_seconds", METRIC_GAUGE, "When it started, since 1970.",
		   (double)started);
}
