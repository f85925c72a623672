/* The service's own log, one line each on standard error: time, level, text. No personal data, no secrets. */
#ifndef GUIJU_BASE_LOG_H
#define GUIJU_BASE_LOG_H

#include "base/status.h"

enum log_level { LOG_DEBUG_LEVEL, LOG_INFO_LEVEL, LOG_WARN_LEVEL, LOG_ERROR_LEVEL };
/* Lines below `level` are not written. */
void log_threshold(enum log_level level);
void log_write(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);
#define log_info(...) log_write(LOG_INFO_LEVEL, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN_LEVEL, __VA_ARGS__)
#define log_error(...) log_write(LOG_ERROR_LEVEL, __VA_ARGS__)

#endif
