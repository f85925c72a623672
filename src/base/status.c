/* Statuses and problems: the words for failures. Knows nothing of HTTP beyond the number of each status. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What does not fit is cut between two characters, so the rest is still UTF-8. */
static void fill(char *out, size_t room, const char *format, va_list args) {
  int n = vsnprintf(out, room, format, args);
  if (n < 0 || (size_t)n < room) return;
  size_t end = room - 1, at = end;
  while (at > 0 && ((unsigned char)out[at - 1] & 0xc0) == 0x80) at--;
  unsigned char lead = at > 0 ? (unsigned char)out[at - 1] : 0;
  size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  if (at > 0 && at - 1 + length > end) out[at - 1] = 0;
}

enum status problem_set(struct problem *p, enum status status, const char *key, const char *zh, const char *en, ...) {
  if (p == NULL) return status;
  memset(p, 0, sizeof *p);
  p->status = status;
  snprintf(p->key, sizeof p->key, "%s", key);
  va_list args;
  va_start(args, en);
  va_list again;
  va_copy(again, args);
  fill(p->zh, sizeof p->zh, zh, args);
  fill(p->en, sizeof p->en, en, again);
  va_end(again);
  va_end(args);
  return status;
}

int status_http(enum status status) {
  static const int codes[] = {200, 400, 401, 403, 404, 409, 413, 422, 429, 503, 507};
  return codes[status];
}

const char *status_name(enum status status) {
  static const char *const names[] = {"ok", "invalid", "unauthentic", "denied", "not found", "conflict",
                                      "too large", "refused", "busy", "io", "disk full"};
  return names[status];
}

_Noreturn void bug(const char *file, int line, const char *condition) {
  fprintf(stderr, "BUG %s:%d: %s\n", file, line, condition);
  abort();
}
