/* Imports of order lists (CSV) and chat logs (text) from a file of any size, in constant memory.
 *
 * The file is read in batches; each batch is one command on the writer (commands/import.h), so whatever was reported as done is on
 * disk, and a file sent again changes nothing. What a row cannot be is refused with its line and a reason; the rest goes on. A file
 * that is no list at all (empty, without the needed columns) ends with a problem and state "failed". */
#ifndef GUIJU_CHANNELS_IMPORT_H
#define GUIJU_CHANNELS_IMPORT_H

#include "commands/writer.h"

enum import_type { IMPORT_ORDERS, IMPORT_CHAT };
/* "orders", "chat"; false when it is neither. */
bool import_type_find(struct str word, enum import_type *type);

struct import_report {
  char id[80];
  i64 bytes, bytes_done;
  i64 read, added, changed, same, rejected;
  char encoding[12];
  bool stopped;          /* by `go_on` */
};
struct import_options {
  enum import_type type;
  int fd;                /* borrowed; read from its start */
  i64 size;              /* for the progress; 0 when not known */
  struct str name;       /* of the file, for people */
  struct actor actor;
  bool alone;            /* nobody else is at work: longer batches */
  /* After every batch; false stops the import. May be NULL. */
  bool (*go_on)(void *ctx, const struct import_report *report);
  void *ctx;
};
/* Runs to the end on the caller's thread. */
MUST_CHECK enum status import_run(struct writer *w, const struct import_options *o, struct import_report *report, struct problem *p);
/* The same for a file by its path, alone on the desk: the command line's `guiju import orders|chat FILE`. */
MUST_CHECK enum status import_file(struct writer *w, enum import_type type, const char *path, const struct actor *actor,
                                   bool (*go_on)(void *ctx, const struct import_report *report), void *ctx, struct import_report *report, struct problem *p);

/* Imports that run beside the service, each on a thread of its own, IMPORTS_MOST at a time. */
enum { IMPORTS_MOST = 4 };
struct imports;
struct imports *imports_new(struct writer *w);
void imports_free(struct imports *s); /* stops them after their batch and waits; NULL is allowed */
/* Fits api_config.import; ctx is the struct imports. Takes over the descriptor. *result: {"id":…}. */
MUST_CHECK enum status imports_start(void *ctx, struct str kind, int owned_fd, i64 size, struct str name, const struct actor *actor, json_t **result,
                                     struct problem *p);

#endif
