/* What `guiju serve` is told on its command line. */
#ifndef GUIJU_APP_CONFIG_H
#define GUIJU_APP_CONFIG_H

#include "base/arena.h"

struct config {
  const char *data;        /* directory of database and attachments; made when missing */
  const char *address;     /* NULL: all addresses */
  int port;
  struct str database;     /* URL; default DATA/desk.db */
  const char *web, *rulebooks; /* directories instead of what is in the program; or NULL */
  const char *cert, *key;
  const char *clock;       /* file that holds the time (app/clock_file.h), or NULL: the system's */
  int readers;             /* 0: default */
  i64 files_mb;            /* room for attachments; 0: default */
  bool behind_proxy;       /* cookies are Secure, X-Forwarded-For of this machine is believed */
  bool no_limits;          /* no rate limits: for measuring */
};
/* E_INVALID with a problem for a person. Texts live in the arena or in argv. */
MUST_CHECK enum status config_parse(struct arena *a, int argc, char **argv, struct config *out, struct problem *p);

#endif
