/* trail FILE: adds one line, "MONOTONIC_NANOSECONDS PID NAME", to FILE at its start and then sleeps until a signal ends it.
   NAME is what the supervisor calls it. Static and tiny, so that what is measured is the supervisor that starts it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct timespec now;
  char line[128];
  const char *name = getenv("SUPERVISOR_PROCESS_NAME");
  clock_gettime(CLOCK_MONOTONIC, &now);
  int length = snprintf(line, sizeof line, "%lld %d %.60s\n", now.tv_sec * 1000000000LL + now.tv_nsec, (int)getpid(),
                        name == NULL ? "-" : name);
  int file = argc == 2 ? open(argv[1], O_WRONLY | O_APPEND | O_CREAT, 0644) : -1;
  if (file < 0 || write(file, line, length) != length) return 1;
  close(file);
  for (;;) pause();
}
