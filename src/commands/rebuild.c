/* `guiju rebuild`: the views again from the log, and whether they came back the same. */
#include "commands/writer_internal.h"

#include "rules/image.h"

#include <string.h>
#include <unistd.h>

typedef unsigned char fingerprint[STORE_HASH_BYTES];

static enum status look(const struct writer_options *o, struct store *s, struct rebuild_report *out, fingerprint *prints, bool after, struct problem *p) {
  enum status status = OK;
  size_t n = 0;
  for (size_t i = 0; i < o->module_count; i++)
    for (size_t k = 0; k < o->modules[i]->table_count; k++) {
      const struct store_table *t = &o->modules[i]->tables[k];
      if (t->keep) continue;
      BUG_IF(n == REBUILD_TABLES_MAX);
      struct rebuild_table *row = &out->tables[n];
      fingerprint print = {0};
      bool exists = false;
      i64 rows = 0;
      TRY(store_table_exists(s, t, &exists, p));
      if (exists) TRY(store_table_hash(s, t, print, &rows, p));
      if (after) {
        row->rows_after = rows;
        row->same = row->existed && memcmp(prints[n], print, sizeof print) == 0;
        out->same &= row->same || !row->existed;
      } else {
        *row = (struct rebuild_table){.name = t->name, .rows_before = rows, .existed = exists};
        memcpy(prints[n], print, sizeof print);
      }
      n++;
    }
  out->count = n;
done:
  return status;
}

/* The snapshot and what came after it must be what the whole log gives. */
static enum status hold_snapshot(const struct writer_options *o, struct store *s, struct desk *whole, struct rebuild_report *out, struct problem *p) {
  struct desk d = {0};
  bool usable = false;
  if (o->snapshot == NULL || access(o->snapshot, F_OK) != 0) return OK;
  enum status status = desk_open(&d, o, p);
  if (status == OK) status = desk_reload_snapshot(&d, s, &usable, p);
  out->snapshot = !usable ? SNAPSHOT_UNUSABLE : SNAPSHOT_SAME;
  if (status == OK && usable && engine_fingerprint(d.engine) != engine_fingerprint(whole->engine)) {
    out->snapshot = SNAPSHOT_DIFFERS;
    out->same = false;
  }
  desk_close(&d);
  return status;
}

static bool tables_are_there(const struct writer_options *o, struct store *s) {
  for (size_t i = 0; i < o->module_count; i++)
    for (size_t k = 0; k < o->modules[i]->table_count; k++) {
      struct problem p;
      bool exists = false;
      if (store_table_exists(s, &o->modules[i]->tables[k], &exists, &p) != OK || !exists) return false;
    }
  return true;
}

enum status writer_rebuild(const struct writer_options *options, struct rebuild_report *out, struct problem *p) {
  enum status status = OK;
  struct store *s = NULL;
  struct desk d = {0};
  struct event_log log = {0};
  fingerprint prints[REBUILD_TABLES_MAX];
  *out = (struct rebuild_report){.same = true};
  TRY(store_open(options->url, STORE_WRITE, &s, p));
  TRY(desk_open(&d, options, p));
  for (size_t i = 0; i < options->module_count; i++) TRY(store_module_create(s, options->modules[i], true, p));
  TRY(event_log_open(&log, s, p));
  out->events = log.last_seq;
  if (tables_are_there(options, s)) TRY(desk_catch_up_all(&d, s, p)); /* what lags behind is no difference */
  TRY(look(options, s, out, prints, false, p));
  TRY(desk_rebuild(&d, s, p));
  TRY(look(options, s, out, prints, true, p));
  TRY(hold_snapshot(options, s, &d, out, p));
done:
  event_log_close(&log);
  if (d.folds) desk_close(&d);
  store_close(s);
  return status;
}
