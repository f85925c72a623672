/* The options that the data commands share. */
#ifndef GUIJU_APP_DATA_ARGS_H
#define GUIJU_APP_DATA_ARGS_H

#include "base/arena.h"

enum { DATA_SEAL = 1, DATA_JSON = 2, DATA_CHECK = 4, DATA_REST_MOST = 4 };
struct data_args {
  const char *data;      /* --data DIR, default "data" */
  struct str database;   /* --database URL, default DIR/desk.db; ends with NUL */
  const char *seal;      /* --seal, or "" */
  bool json, check;
  const char *rest[DATA_REST_MOST];
  size_t rest_count;
};
/* `allowed`: which of the flags; `rest`: how many words must remain. */
MUST_CHECK enum status data_args_parse(struct arena *a, int argc, char **argv, unsigned allowed, size_t rest, struct data_args *out, struct problem *p);
/* E_NOT_FOUND when there is no desk. */
MUST_CHECK enum status data_args_must_exist(const struct data_args *args, struct problem *p);

#endif
