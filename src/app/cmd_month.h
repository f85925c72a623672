/* guiju demo --month: the demo month (month.h) put into an empty data folder. */
#ifndef GUIJU_APP_CMD_MONTH_H
#define GUIJU_APP_CMD_MONTH_H

#include "app/demo.h"

struct month_ask {
  i64 agents, conversations, messages; /* 0: as fits the others */
  bool live;                           /* a visitor will sign in as the first agent (demo_life.h) */
  bool plain;                          /* facts only, no rules: for filling a large desk */
};
/* The desk's file at `path` does not exist yet; d has arena, source, picture, seed, zone and start_of_now. Prints what it made. */
MUST_CHECK enum status month_fill(struct demo *d, const char *path, const struct month_ask *ask, struct problem *p);

#endif
