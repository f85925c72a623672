/* What a function says about its success, and how a failure is told to a person.
 *
 * Every function that can fail because of its input or its surroundings returns `enum status` and is
 * must-check. A wrong program is not a status: that is BUG_IF, which stops the process with a line in the log.
 * A failure that a person may read is described once, where it is understood, in a `struct problem`: a stable
 * key for programs, and one sentence each in Chinese and English that says what to do. */
#ifndef GUIJU_BASE_STATUS_H
#define GUIJU_BASE_STATUS_H

#include <stddef.h>

enum status {
  OK = 0,
  E_INVALID,      /* the request is malformed or breaks a stated limit        HTTP 400 */
  E_UNAUTHENTIC,  /* not signed in, or the token is not valid (any more)           401 */
  E_DENIED,       /* signed in, but this role may not                              403 */
  E_NOT_FOUND,    /* no such thing                                                 404 */
  E_CONFLICT,     /* the state has moved on; reload and decide again               409 */
  E_TOO_LARGE,    /* over a named limit of size                                    413 */
  E_REFUSED,      /* a clause of the rulebook refuses; the problem names it        422 */
  E_BUSY,         /* too many requests; try again later                            429 */
  E_IO,           /* the disk, the network or a library failed                     503 */
  E_FULL,         /* no room on the disk                                           507 */
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

/* A failure told to people. Plain text, no markup. Empty key: nothing set. */
struct problem {
  enum status status;
  char key[64];     /* stable, dotted: "case.field_missing" */
  char zh[640];
  char en[640];
  char clause[64];  /* heading id of the clause that refused, or "" */
};

/* Fill `p` (may be NULL) and return `status`. Both texts take the same arguments in the same order.
 * Example: return problem_set(p, E_INVALID, "import.no_column", "缺少列“%s”，请……", "Column “%s” is missing; …", name); */
enum status problem_set(struct problem *p, enum status status, const char *key, const char *zh, const char *en, ...)
    PRINTF_LIKE(4, 6) PRINTF_LIKE(5, 6);
/* HTTP status code of a status. */
int status_http(enum status status);
/* Short English word of a status for logs: "refused". */
const char *status_name(enum status status);

/* Leave a function through its label `done` when `call` fails; `status` must be declared. */
#define TRY(call)                       \
  do {                                  \
    if ((status = (call)) != OK) goto done; \
  } while (0)

/* The program itself is wrong: log file, line and condition, then abort. Stays on in release builds. */
_Noreturn void bug(const char *file, int line, const char *condition);
#define BUG_IF(condition)                                   \
  do {                                                      \
    if (__builtin_expect(!!(condition), 0)) bug(__FILE__, __LINE__, #condition); \
  } while (0)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
