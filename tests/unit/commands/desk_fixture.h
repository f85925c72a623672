/* A desk of one noun with a clock that tests turn: shared by the tests of the writer. */
#ifndef GUIJU_TEST_DESK_FIXTURE_H
#define GUIJU_TEST_DESK_FIXTURE_H

#include "commands/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
  char directory[64], file[96];
  struct writer *writer;
  struct problem problem;
  i64 now_ms;
  i64 feed_lines, feed_clocks, feed_consequences, feed_last_seq;
  bool feed_gap;
};

#define NOON 1772676000000 /* 2026-03-05 10:00 in Shanghai */

/* Makes a fresh directory and opens the desk in it. */
int desk_setup(void **state);
int desk_teardown(void **state);
void desk_open_again(struct fixture *f); /* close and open: a restart */
struct writer_options desk_options(struct fixture *f);
struct actor desk_person(const char *id);
/* Runs a command and waits. `key` may be "". */
enum status desk_run(struct fixture *f, const char *who, const char *name, json_t *owned_args, const char *key, json_t **result);
enum status desk_say(struct fixture *f, const char *conversation, const char *text, const char *key);
/* Direct looks into the database. */
size_t desk_notes(struct fixture *f, const char *text); /* how many notes say this; NULL: all */
void desk_check_chain(const char *file);
/* Fingerprints of all view tables, one after another. */
void desk_fingerprint(const char *file, unsigned char *out, size_t room, size_t *used);

#endif
