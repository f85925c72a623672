/* One line per call, written whole so that threads never mix. The threshold is the process's only mutable setting. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static _Atomic int threshold = LOG_INFO_LEVEL;

void log_threshold(enum log_level level) { atomic_store(&threshold, (int)level); }

void log_write(enum log_level level, const char *format, ...) {
  static const char *const names[] = {"debug", "info", "warn", "error"};
  if ((int)level < atomic_load(&threshold)) return;
  char line[2048];
  time_t now = time(NULL);
  struct tm tm;
  gmtime_r(&now, &tm);
  int n = snprintf(line, sizeof line, "%04d-%02d-%02dT%02d:%02d:%02dZ %s ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                   tm.tm_hour, tm.tm_min, tm.tm_sec, names[level]);
  va_list args;
  va_start(args, format);
  int m = vsnprintf(line + n, sizeof line - (size_t)n - 1, format, args);
  va_end(args);
  size_t length = m < 0 ? (size_t)n : (size_t)n + (size_t)m;
  if (length > sizeof line - 2) length = sizeof line - 2;
  line[length++] = '\n';
  if (write(STDERR_FILENO, line, length) < 0) return; /* nowhere left to say it */
}
