/* writer FILE COUNT BYTES RATE: writes COUNT pieces of BYTES each to standard output, RATE of them a second (0: as fast as
   they are taken). Each is a line that begins with the CLOCK_MONOTONIC nanoseconds at which it was due. At the end it puts
   "NANOSECONDS", what the writing took, into FILE and sleeps until a signal ends it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  long count = atol(argv[2]), bytes = atol(argv[3]), rate = atol(argv[4]);
  char *piece = malloc(bytes + 1), report[64];
  memset(piece, 'x', bytes);
  long long started = now_ns();
  for (long i = 0; i < count; i++) {
    long long due = now_ns();
    if (rate > 0) {
      due = started + i * 1000000000LL / rate;
      struct timespec at = {due / 1000000000LL, due % 1000000000LL};
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
    }
    int length = snprintf(report, sizeof report, "%lld ", due);
    memcpy(piece, report, length);
    piece[bytes - 1] = '\n';
    for (long done = 0; done < bytes;) {
      ssize_t taken = write(1, piece + done, bytes - done);
      if (taken < 0) return 1;
      done += taken;
    }
  }
  int length = snprintf(report, sizeof report, "%lld\n", now_ns() - started);
  int file = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0 || write(file, report, length) != length) return 1;
  close(file);
  for (;;) pause();
}
