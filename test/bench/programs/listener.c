/* listener FILE: an event listener that reads PROCESS_LOG events of lines that writer.c made. SIGTERM makes it put "LINES P50 P99
   MOST" into FILE, the last three in nanoseconds from when a line was due until it was read here. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 4000000 };
static long long late[MOST];
static long count;
static const char *file;

static int ascending(const void *a, const void *b) {
  long long x = *(const long long *)a, y = *(const long long *)b;
  return (x > y) - (x < y);
}

static void report(int signal) {
  (void)signal;
  char text[128];
  qsort(late, count, sizeof late[0], ascending);
  int length = snprintf(text, sizeof text, "%ld %lld %lld %lld\n", count, count ? late[count / 2] : 0,
                        count ? late[count - 1 - count / 100] : 0, count ? late[count - 1] : 0);
  int out = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  _exit(out < 0 || write(out, text, length) != length);
}

int main(int argc, char **argv) {
  static char header[4096];
  char *payload = NULL;
  size_t room = 0;
  if (argc != 2) return 2;
  file = argv[1];
  signal(SIGTERM, report);
  for (;;) {
    if (write(1, "READY\n", 6) != 6 || fgets(header, sizeof header, stdin) == NULL) break;
    const char *field = strstr(header, " len:");
    size_t length = field == NULL ? 0 : strtoul(field + 5, NULL, 10);
    if (length + 1 > room) payload = realloc(payload, room = length + 1);
    if (fread(payload, 1, length, stdin) != length) break;
    payload[length] = 0;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    /* The first line tells the process; the output follows. */
    for (char *line = strchr(payload, '\n'); line != NULL && line[1] != 0; line = strchr(line + 1, '\n')) {
      if (count < MOST) late[count++] = now.tv_sec * 1000000000LL + now.tv_nsec - strtoll(line + 1, NULL, 10);
    }
    if (write(1, "RESULT 2\nOK", 11) != 11) break;
  }
  report(0);
}
