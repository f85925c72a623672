/* guiju verify, rebuild, backup, restore: a desk's data on the command line. `guiju import` is cmd_import.c.
 *
 * Results go to standard output, trouble to standard error, both in the person's language. */
#include "app/cmd_data.h"

#include "app/data_args.h"
#include "app/say.h"
#include "app/tree.h"
#include "app/wiring.h"
#include "events/event_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_FINE, EXIT_BAD, EXIT_UNABLE };
static const size_t ARENA_CAP = (size_t)1 << 30;

/* ---- verify */

static void print_verdict(const struct event_log_verdict *v, bool json) {
  if (json) {
    json_t *out = json_pack("{s:b s:I s:I s:s}", "whole", v->whole, "events", (json_int_t)v->events, "seals", (json_int_t)v->seals, "seal", v->seal);
    if (!v->whole)
      json_object_set_new(out, "broken", json_pack("{s:I s:I s:I s:s s:s s:s}", "first", (json_int_t)v->first_seq, "last", (json_int_t)v->last_seq, "event",
                                                   (json_int_t)v->broken_seq, "key", v->what.key, "zh", v->what.zh, "en", v->what.en));
    char *text = json_dumps(out, JSON_COMPACT | JSON_SORT_KEYS);
    puts(text ? text : "{}");
    free(text);
    json_decref(out);
    return;
  }
  bool en = say_english();
  if (v->whole) printf(en ? "whole: %lld events in %lld seals\nlast seal %s\n" : "完整：%lld 件事，%lld 道封条\n最后一道封条 %s\n", (long long)v->events, (long long)v->seals, v->seal);
  else printf("%s\n", en ? v->what.en : v->what.zh);
}

int cmd_verify(int argc, char **argv) {
  struct arena *a = arena_new(ARENA_CAP);
  struct data_args args;
  struct problem p = {0};
  struct store *s = NULL;
  struct event_log_verdict v = {0};
  int code = EXIT_UNABLE;
  enum status status = data_args_parse(a, argc, argv, DATA_SEAL | DATA_JSON, 0, &args, &p);
  if (status == OK) status = store_open(args.database, STORE_READ, &s, &p);
  if (status == OK) status = event_log_verify(s, str_c(args.seal), &v, &p);
  if (status != OK) {
    say_problem(&p);
  } else {
    print_verdict(&v, args.json);
    code = v.whole ? EXIT_FINE : EXIT_BAD;
  }
  store_close(s);
  arena_free(a);
  return code;
}

/* ---- rebuild */

static void print_rebuild(const struct rebuild_report *r) {
  bool en = say_english();
  size_t same = 0, fresh = 0;
  for (size_t i = 0; i < r->count; i++) {
    const struct rebuild_table *t = &r->tables[i];
    same += t->same;
    fresh += !t->existed;
    if (t->existed && !t->same)
      printf(en ? "different: %s (%lld rows before, %lld after)\n" : "不一致：%s（原有 %lld 行，重建后 %lld 行）\n", t->name, (long long)t->rows_before, (long long)t->rows_after);
  }
  printf(en ? "%lld events folded; %zu tables identical, %zu new, %zu different\n" : "重放 %lld 件事；%zu 张表一致，%zu 张新建，%zu 张不一致\n", (long long)r->events, same,
         fresh, r->count - same - fresh);
  if (r->snapshot == SNAPSHOT_SAME) printf(en ? "the snapshot agrees with the log\n" : "快照与日志一致\n");
  if (r->snapshot == SNAPSHOT_UNUSABLE) printf(en ? "the snapshot cannot be used; the next start does without it\n" : "快照不能用，下次启动不用它\n");
  if (r->snapshot == SNAPSHOT_DIFFERS) printf(en ? "the snapshot differs from the log\n" : "快照与日志不一致\n");
}

/* --check works on a copy beside the desk, so it may run while the desk does. */
static enum status copy_for_check(struct arena *a, const struct data_args *args, struct str *copy, struct problem *p) {
  struct store *s = NULL;
  *copy = arena_printf(a, "%s/check-%ld.db", args->data, (long)getpid());
  enum status status = store_open(args->database, STORE_READ, &s, p);
  if (status == OK) status = store_backup(s, *copy, p);
  store_close(s);
  return status;
}

static void remove_database(struct arena *a, struct str path) {
  static const char *const parts[] = {"", "-wal", "-shm", "-lock"};
  for (size_t i = 0; i < COUNT_OF(parts); i++) unlink(arena_printf(a, "%.*s%s", STR_ARG(path), parts[i]).p);
}

int cmd_rebuild(int argc, char **argv) {
  struct arena *a = arena_new(ARENA_CAP);
  struct data_args args;
  struct problem p = {0};
  struct rebuild_report *report = ARENA_NEW(a, struct rebuild_report);
  int code = EXIT_UNABLE;
  struct str copy = STR("");
  enum status status = data_args_parse(a, argc, argv, DATA_CHECK, 0, &args, &p);
  if (status == OK) status = data_args_must_exist(&args, &p);
  if (status == OK && args.check) status = copy_for_check(a, &args, &copy, &p);
  if (status == OK) {
    struct writer_options o = wiring_writer_options(a, args.check ? copy : args.database);
    o.snapshot = arena_printf(a, "%s/engine.snapshot", args.data).p;
    status = writer_rebuild(&o, report, &p);
    if (status == OK && !args.check && report->snapshot != SNAPSHOT_SAME) unlink(o.snapshot); /* it may be deleted at any time */
  }
  if (copy.n) remove_database(a, copy);
  if (status != OK) {
    say_problem(&p);
  } else {
    print_rebuild(report);
    code = args.check && !report->same ? EXIT_BAD : EXIT_FINE;
  }
  arena_free(a);
  return code;
}

/* ---- backup and restore */

/* A copy is worth something only when it opens, is sound, and its chain is whole. */
static enum status check_copy(struct arena *a, struct str path, struct event_log_verdict *v, struct problem *p) {
  struct store *s = NULL;
  struct str answer;
  enum status status = OK;
  TRY(store_open(path, STORE_READ, &s, p));
  TRY(store_integrity(s, a, &answer, p));
  if (!str_is(answer, "ok")) TRY(problem_set(p, E_IO, "backup.damaged", "数据库文件有损坏：%.*s", "The database file is damaged: %.*s", STR_ARG(answer)));
  TRY(event_log_verify(s, STR(""), v, p));
  if (!v->whole) {
    *p = v->what;
    status = E_IO;
  }
done:
  store_close(s);
  return status;
}

static void print_copy(const struct event_log_verdict *v, const struct tree_count *files, const char *where) {
  printf(say_english() ? "%s: %lld events, %lld attachments (%lld bytes)\nlast seal %s\n" : "%s：%lld 件事，%lld 个附件（%lld 字节）\n最后一道封条 %s\n", where, (long long)v->events,
         (long long)files->files, (long long)files->bytes, v->seal);
}

static enum status run_backup(struct arena *a, const struct data_args *args, struct problem *p) {
  enum status status = OK;
  struct store *s = NULL;
  struct event_log_verdict v = {0};
  struct tree_count files = {0}, none = {0};
  const char *target = args->rest[0], *part = arena_printf(a, "%s.part", target).p;
  struct str database = arena_printf(a, "%s/desk.db", part);
  if (tree_exists(target)) return problem_set(p, E_CONFLICT, "backup.exists", "%s 已经存在，备份不覆盖旧的", "%s exists; a backup never overwrites", target);
  TRY(store_open(args->database, STORE_READ, &s, p));
  tree_remove(part);
  TRY(tree_copy("", part, &none, p));
  TRY(store_backup(s, database, p)); /* first the database: every attachment it names is in the folder by then */
  TRY(check_copy(a, database, &v, p));
  unlink(arena_printf(a, "%.*s-wal", STR_ARG(database)).p);
  unlink(arena_printf(a, "%.*s-shm", STR_ARG(database)).p);
  TRY(tree_copy(arena_printf(a, "%s/files", args->data).p, arena_printf(a, "%s/files", part).p, &files, p));
  TRY(tree_sync(part, p));
  if (rename(part, target) != 0) TRY(problem_set(p, E_IO, "file.failed", "%s：%s", "%s: %s", target, strerror(errno)));
  print_copy(&v, &files, target);
done:
  store_close(s);
  if (status != OK) tree_remove(part);
  return status;
}

int cmd_backup(int argc, char **argv) {
  struct arena *a = arena_new(ARENA_CAP);
  struct data_args args;
  struct problem p = {0};
  int code = EXIT_UNABLE;
  enum status status = data_args_parse(a, argc, argv, 0, 1, &args, &p);
  if (status == OK) status = data_args_must_exist(&args, &p);
  if (status == OK) {
    status = run_backup(a, &args, &p);
    code = status == OK ? EXIT_FINE : EXIT_BAD;
  }
  if (status != OK) say_problem(&p);
  arena_free(a);
  return code;
}

static enum status run_restore(struct arena *a, const struct data_args *args, struct problem *p) {
  enum status status = OK;
  struct store *s = NULL;
  struct event_log_verdict v = {0};
  struct tree_count files = {0}, none = {0};
  const char *from = args->rest[0], *database = arena_printf(a, "%s/desk.db", from).p;
  if (!tree_exists(database)) return problem_set(p, E_NOT_FOUND, "restore.none", "%s 里没有备份", "There is no backup in %s", from);
  if (tree_exists(args->database.p) || tree_exists(arena_printf(a, "%s/files", args->data).p))
    return problem_set(p, E_CONFLICT, "restore.exists", "%s 里已有一个部门，恢复不覆盖它", "There is a desk in %s; a restore never overwrites", args->data);
  TRY(check_copy(a, str_c(database), &v, p));
  TRY(tree_copy("", args->data, &none, p));
  TRY(tree_copy(arena_printf(a, "%s/files", from).p, arena_printf(a, "%s/files", args->data).p, &files, p));
  TRY(store_open(str_c(database), STORE_READ, &s, p));
  struct str part = arena_printf(a, "%.*s.part", STR_ARG(args->database));
  TRY(store_backup(s, part, p));
  if (rename(part.p, args->database.p) != 0) TRY(problem_set(p, E_IO, "file.failed", "%s：%s", "%s: %s", args->database.p, strerror(errno)));
  TRY(tree_sync(args->data, p));
  print_copy(&v, &files, args->data);
done:
  store_close(s);
  return status;
}

int cmd_restore(int argc, char **argv) {
  struct arena *a = arena_new(ARENA_CAP);
  struct data_args args;
  struct problem p = {0};
  int code = EXIT_UNABLE;
  enum status status = data_args_parse(a, argc, argv, 0, 1, &args, &p);
  if (status == OK) {
    status = run_restore(a, &args, &p);
    code = status == OK ? EXIT_FINE : EXIT_BAD;
  }
  if (status != OK) say_problem(&p);
  arena_free(a);
  return code;
}
