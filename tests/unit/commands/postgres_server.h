/* A real PostgreSQL for one test: a fresh cluster in a directory of its own, reached through a socket there. */
#ifndef GUIJU_TEST_POSTGRES_SERVER_H
#define GUIJU_TEST_POSTGRES_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

struct postgres_server {
  char directory[64];
  char url[256]; /* for store_open */
  pid_t pid;
};
/* False with a line on standard error when it cannot be started. Root runs it as the user postgres. */
bool postgres_server_start(struct postgres_server *s);
void postgres_server_stop(struct postgres_server *s);

#endif
