/* `guiju test`, `replay`, `why`, `try`, `coverage`: rulebooks on facts, from files, without a desk. Facts are read whole, put in
 * the order of events and fed once; the result is what a live desk would show after the same facts. */
#include "app/cmd_replay.h"

#include "app/say.h"
#include "lang/diagnostic.h"
#include "rules/coverage.h"
#include "rules/engine.h"
#include "rules/replay.h"
#include "rules/proof.h"
#include "rules/example.h"
#include "rules/trial.h"
#include "rules/vocabulary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_CAP_GB = 16, FILES_MAX = 256, OUTPUT_MAX = 64 * 1024 * 1024 };
#define ARENA_CAP ((size_t)ARENA_CAP_GB << 30)

struct options {
  bool json, english, csv, rules;
  const char *files[FILES_MAX];
  size_t file_count;
  const char *events, *book, *rulebooks, *inventory, *report;
  bool has_from, has_to;
  i64 from, to;
};

static bool option_value(struct options *o, const char *name, const char *value) {
  if (!strcmp(name, "--events")) o->events = value;
  else if (!strcmp(name, "--report")) o->report = value;
  else if (!strcmp(name, "--book")) o->book = value;
  else if (!strcmp(name, "--rulebooks")) o->rulebooks = value;
  else if (!strcmp(name, "--inventory")) o->inventory = value;
  else if (!strcmp(name, "--from")) return o->has_from = date_parse(str_c(value), &o->from);
  else if (!strcmp(name, "--to")) return o->has_to = date_parse(str_c(value), &o->to);
  else if (!strcmp(name, "--format")) {
    o->json = !strcmp(value, "json");
    o->csv = !strcmp(value, "csv");
    return o->json || o->csv || !strcmp(value, "table");
  } else return false;
  return true;
}

static bool read_options(int argc, char **argv, struct options *o) {
  *o = (struct options){.english = say_english(), .rulebooks = "rulebooks"};
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--json")) o->json = true;
    else if (!strcmp(argv[i], "--english")) o->english = true;
    else if (!strcmp(argv[i], "--chinese")) o->english = false;
    else if (!strcmp(argv[i], "--rules")) o->rules = true;
    else if (!strncmp(argv[i], "--", 2)) {
      if (i + 1 >= argc || !option_value(o, argv[i], argv[i + 1])) return false;
      i++;
    } else if (o->file_count < FILES_MAX) o->files[o->file_count++] = argv[i];
  }
  return true;
}

static int usage(const char *text) {
  fprintf(stderr, "usage: guiju %s\n", text);
  return 2;
}

static bool read_file(struct arena *a, const char *path, struct str *out) {
  FILE *f = strcmp(path, "-") ? fopen(path, "rb") : stdin;
  if (!f) {
    fprintf(stderr, "guiju: %s: %s\n", path, strerror(errno));
    return false;
  }
  size_t room = 1 << 16, n = 0;
  char *p = malloc(room);
  BUG_IF(p == NULL);
  for (size_t got; (got = fread(p + n, 1, room - n, f)) > 0;) {
    n += got;
    if (n == room) {
      char *more = realloc(p, room *= 2);
      BUG_IF(more == NULL);
      p = more;
    }
  }
  bool ok = !ferror(f);
  if (f != stdin) fclose(f);
  if (!ok) fprintf(stderr, "guiju: %s: %s\n", path, strerror(errno));
  *out = arena_dup(a, (struct str){p, n});
  free(p);
  return ok;
}

/* The checked book, or NULL with its messages on standard error. *code: 1 errors in it, 2 unreadable. */
static const struct lang_program *read_book(struct arena *a, const char *path, bool english, int *code) {
  struct str source;
  *code = 2;
  if (!read_file(a, path, &source)) return NULL;
  struct lang_diagnostics d;
  lang_diagnostics_init(&d, a);
  struct lang_program *p;
  enum status status = lang_read(a, source, rules_vocabulary(a), &p, &d);
  *code = 0;
  if (status == OK) return p;
  struct buf out;
  buf_init(&out, OUTPUT_MAX);
  lang_diagnostics_sort(&d);
  lang_diagnostics_text(&d, source, str_c(path), english, &out);
  fwrite(out.p, 1, out.n, stderr);
  buf_release(&out);
  *code = 1;
  return NULL;
}

static json_t *json_text(struct str s) { return json_stringn(s.p ? s.p : "", s.n); }

static void print_json(json_t *j) {
  char *text = json_dumps(j, JSON_INDENT(2));
  puts(text);
  free(text);
  json_decref(j);
}

/* ---- test ---- */

static void report_example(const struct example_result *r, bool english) {
  if (r->passed) return;
  printf(english ? "  FAIL line %u: expected %.*s\n       got %.*s\n" : "  未过 第 %u 行：应得 %.*s\n       实得 %.*s\n", r->item->at.line, STR_ARG(r->outcome),
         STR_ARG(english ? r->got_en : r->got_zh));
}

static int test_book(const char *path, const struct options *o, json_t *books, size_t *passed, size_t *failed) {
  struct arena *a = arena_new(ARENA_CAP);
  int code;
  const struct lang_program *p = read_book(a, path, o->english, &code);
  if (p == NULL) {
    arena_free(a);
    return code;
  }
  json_t *list = json_array();
  for (size_t c = 0; c < p->clause_count; c++) {
    size_t good = 0, bad = 0;
    struct example_result results[256];
    for (size_t i = 0; i < p->item_count && good + bad < COUNT_OF(results); i++) {
      if (p->items[i]->kind != LI_EXAMPLE || p->items[i]->clause != p->clauses[c]) continue;
      struct example_result *r = &results[good + bad];
      example_run(a, p, p->items[i], NULL, r);
      if (r->passed) good++;
      else bad++;
      json_array_append_new(list, json_pack("{s:o, s:o, s:I, s:b, s:o, s:o}", "clause", json_text(r->clause), "covers", json_text(r->covers), "line",
                                            (json_int_t)r->item->at.line, "passed", r->passed, "expected", json_text(r->outcome), "got", json_text(r->got_zh)));
    }
    *passed += good;
    *failed += bad;
    if (good + bad == 0 || o->json) continue;
    printf(o->english ? "%.*s #%.*s: %zu passed, %zu failed\n" : "%.*s #%.*s：%zu 过，%zu 未过\n", STR_ARG(p->clauses[c]->heading), STR_ARG(p->clauses[c]->id), good, bad);
    for (size_t i = 0; i < good + bad; i++) report_example(&results[i], o->english);
  }
  json_array_append_new(books, json_pack("{s:s, s:o}", "file", path, "examples", list));
  arena_free(a);
  return 0;
}

int cmd_test(int argc, char **argv) {
  struct options o;
  if (!read_options(argc, argv, &o) || o.file_count == 0) return usage("test [--json] FILE…");
  size_t passed = 0, failed = 0;
  int code = 0;
  json_t *books = json_array();
  for (size_t i = 0; i < o.file_count; i++) {
    int one = test_book(o.files[i], &o, books, &passed, &failed);
    if (one > code) code = one;
  }
  if (o.json) print_json(json_pack("{s:O, s:I, s:I}", "books", books, "passed", (json_int_t)passed, "failed", (json_int_t)failed));
  else printf(o.english ? "%zu passed, %zu failed\n" : "%zu 过，%zu 未过\n", passed, failed);
  json_decref(books);
  return code ? code : failed > 0;
}

/* ---- facts ---- */

struct facts {
  struct event **p;
  size_t n, room;
};

static int by_order(const void *x, const void *y) { return event_compare(*(struct event *const *)x, *(struct event *const *)y); }

static int read_facts(struct arena *a, const char *path, const struct lang_program *program, bool english, struct facts *out) {
  struct str text;
  if (!read_file(a, path, &text)) return 2;
  i64 line = 0, errors = 0;
  for (struct str rest = text; rest.n;) {
    struct str row = str_trim(str_cut(rest, '\n', &rest));
    line++;
    if (row.n == 0) continue;
    struct event *e;
    struct problem p = {0};
    if (event_from_line(a, row, program->zone_offset_ms, &e, &p) != OK) {
      fprintf(stderr, "%s:%lld: %s\n", path, (long long)line, english ? p.en : p.zh);
      if (++errors >= 20) break;
      continue;
    }
    if (e->kind->derived) continue; /* a log holds only what was entered; what follows is derived again */
    if (e->seq == 0) e->seq = line;
    if (e->id.n == 0) e->id = arena_printf(a, "e%lld", (long long)e->seq);
    out->p = arena_grow(a, out->p, &out->room, out->n + 1, sizeof *out->p);
    out->p[out->n++] = e;
  }
  if (out->n > 1) qsort(out->p, out->n, sizeof *out->p, by_order);
  return errors ? 1 : 0;
}

/* The first instant of the version: from its header, else for ever. */
static i64 in_force_of(const struct lang_program *p) {
  if (p->header->has_in_force) return instant_at(p->header->in_force, 0, p->zone_offset_ms);
  return p->header->has_published ? instant_at(p->header->published, 0, p->zone_offset_ms) : INT64_MIN / 4;
}

static struct engine *run_facts(const struct lang_program *p, const struct facts *facts, const struct options *o, int *code) {
  struct engine *e = engine_new(p->zone_offset_ms, NULL);
  struct problem problem = {0};
  i64 in_force = in_force_of(p);
  engine_lean(e);
  *code = 0;
  if (engine_publish(e, p, in_force, in_force, &problem) != OK) *code = 1;
  i64 last = 0;
  for (size_t i = 0; i < facts->n && *code == 0; i++) {
    if (o->has_to && facts->p[i]->occurred_ms >= instant_at(o->to + 1, 0, p->zone_offset_ms)) break;
    last = facts->p[i]->occurred_ms;
    if (engine_step(e, facts->p[i], NULL, &problem) != OK) *code = 1;
  }
  if (*code) say_problem(&problem);
  engine_advance(e, o->has_to ? instant_at(o->to + 1, 0, p->zone_offset_ms) : last, NULL);
  return e;
}

/* The whole log at once: rules run over columns where their form allows it. */
static struct replay *run_whole(const struct lang_program *p, const struct facts *facts, const struct options *o, int *code) {
  struct replay *r = replay_new(p->zone_offset_ms, NULL);
  struct problem problem = {0};
  i64 in_force = in_force_of(p), last = 0;
  *code = replay_publish(r, p, in_force, in_force, &problem) != OK;
  for (size_t i = 0; i < facts->n && *code == 0; i++) {
    if (o->has_to && facts->p[i]->occurred_ms >= instant_at(o->to + 1, 0, p->zone_offset_ms)) break;
    last = facts->p[i]->occurred_ms;
    *code = replay_add(r, facts->p[i], &problem) != OK;
  }
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  if (*code == 0) *code = replay_run(r, o->has_to ? instant_at(o->to + 1, 0, p->zone_offset_ms) : last, cores > 1 ? (int)cores : 1, &problem) != OK;
  if (*code) say_problem(&problem);
  return r;
}

static int load(struct arena *a, const char *book, const char *events, const struct options *o, const struct lang_program **p, struct engine **e, struct facts *facts) {
  int code;
  *p = read_book(a, book, o->english, &code);
  if (*p == NULL) return code;
  *facts = (struct facts){0};
  code = read_facts(a, events, *p, o->english, facts);
  if (code) return code;
  *e = run_facts(*p, facts, o, &code);
  return code;
}

/* ---- replay ---- */

struct printing {
  struct arena *a;
  const struct options *o;
  const struct lang_program *p;
  json_t *list;
  size_t n;
};

static json_t *consequence_json(const struct consequence *c) {
  json_t *j = json_object();
  json_object_set_new(j, "id", json_text(c->id));
  json_object_set_new(j, "at", json_integer(c->occurred_ms));
  json_object_set_new(j, "type", json_string(consequence_type_name(c->type)));
  json_object_set_new(j, "seal", json_string(consequence_seal_name(c->seal)));
  json_object_set_new(j, "subject", json_text(c->subject));
  json_object_set_new(j, "object", json_text(c->object));
  json_object_set_new(j, "item", json_text(c->item));
  json_object_set_new(j, "account", json_text(c->account));
  json_object_set_new(j, "fen", json_integer(c->fen));
  json_object_set_new(j, "fen_max", json_integer(c->fen_max));
  json_object_set_new(j, "points", json_integer(c->points));
  json_object_set_new(j, "ordinal", json_integer(c->ordinal));
  json_object_set_new(j, "clause", json_text(c->clause));
  json_object_set_new(j, "tag", json_text(c->tag));
  json_object_set_new(j, "covers", json_text(c->covers));
  json_object_set_new(j, "version", json_text(c->version));
  json_object_set_new(j, "text_zh", json_text(c->text_zh));
  json_object_set_new(j, "text_en", json_text(c->text_en));
  return j;
}

static void csv_text(struct str s) {
  putchar('"');
  if (s.n && strchr("=+-@", s.p[0])) putchar('\''); /* a spreadsheet must not take it for a formula */
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '"') putchar('"');
    putchar(s.p[i]);
  }
  putchar('"');
}

static void print_one(void *ctx, const struct consequence *c) {
  struct printing *k = ctx;
  i64 date = instant_date(c->occurred_ms, k->p->zone_offset_ms);
  if ((k->o->has_from && date < k->o->from) || (k->o->has_to && date > k->o->to + 1)) return;
  k->n++;
  if (k->o->json) {
    json_array_append_new(k->list, consequence_json(c));
    return;
  }
  struct str at = calendar_show_instant(k->a, c->occurred_ms, k->p->zone_offset_ms);
  struct str amount = c->type <= C_CHARGE || c->type == C_PAY ? money_text(k->a, c->fen) : (struct str){"", 0};
  if (c->type == C_SCORE && c->fen_max <= c->fen) amount = arena_printf(k->a, "%s%.*s", c->points < 0 ? "-" : "+", STR_ARG(money_text(k->a, c->points < 0 ? -c->points : c->points)));
  if (c->type == C_SCORE && c->fen_max > c->fen) amount = money_text(k->a, c->fen);
  if (c->fen_max > c->fen) {
    struct str most = money_text(k->a, c->fen_max);
    amount = arena_printf(k->a, "%.*s-%.*s", STR_ARG(amount), STR_ARG(most));
  }
  const char *type = k->o->english ? consequence_type_name(c->type) : consequence_type_name_zh(c->type);
  struct str text = k->o->english ? c->text_en : c->text_zh;
  if (k->o->csv) {
    printf("%.*s,%.*s,%s,", STR_ARG(c->id), STR_ARG(at), type);
    csv_text(c->subject);
    printf(",%.*s,", STR_ARG(amount));
    csv_text(c->clause);
    putchar(',');
    csv_text(c->item);
    putchar(',');
    csv_text(text);
    putchar('\n');
    return;
  }
  printf("%.*s  %.*s  %s  %.*s  %.*s%s%.*s  #%.*s  %.*s\n", STR_ARG(c->id), STR_ARG(at), type, STR_ARG(c->subject), STR_ARG(c->item), c->item.n ? " " : "",
         STR_ARG(amount), STR_ARG(c->clause), STR_ARG(text));
}

/* --report NAME: the figures of a declared report over the dates given; without dates over everything up to now. */
static int print_report(struct arena *a, struct engine *e, const struct lang_program *p, const struct options *o) {
  struct report_table t;
  struct problem problem = {0};
  i64 from = o->has_from ? instant_at(o->from, 0, p->zone_offset_ms) : INT64_MIN / 4, to = o->has_to ? instant_at(o->to + 1, 0, p->zone_offset_ms) : engine_now(e) + 1;
  if (engine_report(e, a, str_c(o->report), from, to, NULL, &t, &problem) != OK) return say_problem(&problem), 1;
  const char *gap = o->csv ? "," : "\t";
  json_t *rows = json_array();
  if (!o->json) {
    printf("%.*s", STR_ARG(t.report->keys.count ? t.report->keys.p[0].text : STR("")));
    for (size_t i = 0; i < t.report->column_count; i++) printf("%s%.*s", gap, STR_ARG(t.report->columns[i].name.text));
    puts("");
  }
  for (size_t i = 0; i < t.row_count; i++) {
    json_t *row = json_pack("{s:o}", "key", json_text(t.rows[i].key));
    if (!o->json) printf("%.*s", STR_ARG(t.rows[i].key));
    for (size_t k = 0; k < t.report->column_count; k++) {
      const struct report_cell *c = &t.rows[i].cells[k];
      struct str shown = c->value.type == V_ABSENT ? (o->english ? c->why_en : c->why_zh) : value_show(a, &c->value, o->english, p->zone_offset_ms);
      if (!o->json) printf("%s%.*s", gap, STR_ARG(shown));
      json_object_set_new(row, arena_cstr(a, t.report->columns[k].name.text), c->value.type == V_ABSENT ? json_null() : json_text(shown));
    }
    if (!o->json) puts("");
    json_array_append_new(rows, row);
  }
  if (o->json) print_json(json_pack("{s:o, s:O}", "report", json_text(t.report->name.text), "rows", rows));
  json_decref(rows);
  return 0;
}

/* --rules: how each rule was judged, and what for if not over columns. */
static void print_rule(void *ctx, const struct replay_rule_figures *r) {
  const bool *english = ctx;
  const char *how = r->why_live[0] ? (*english ? "live" : "逐条") : (*english ? "columns" : "按列");
  printf("#%.*s%s%.*s  %s  %llu%s%s\n", STR_ARG(r->clause), r->tag.n ? " #" : "", STR_ARG(r->tag), how, (unsigned long long)r->consequences, r->why_live[0] ? "  " : "", r->why_live);
}

/* How many rules ran over columns, in words under a table and as numbers in JSON. */
static void print_counts(struct replay *r, const struct options *o, size_t shown, json_t *list) {
  struct replay_figures f;
  replay_figures(r, &f);
  if (o->json) {
    print_json(json_pack("{s:O, s:I, s:I, s:I}", "consequences", list, "count", (json_int_t)shown, "rules", (json_int_t)f.rules, "rules_over_columns", (json_int_t)f.vector_rules));
    return;
  }
  if (o->csv) return;
  bool english = o->english;
  if (o->rules) replay_each_rule(r, print_rule, &english);
  printf(english ? "%zu consequences; %u of %u rules ran over columns\n" : "%1$zu 条后果；%3$u 条规则中 %2$u 条按列推算\n", shown, f.vector_rules, f.rules);
}

#define REPLAY_USAGE "replay FILE --events LOG.jsonl [--from DATE] [--to DATE] [--format table|json|csv] [--rules]"

int cmd_replay(int argc, char **argv) {
  struct options o;
  if (!read_options(argc, argv, &o)) return usage(REPLAY_USAGE);
  if (!o.events && o.file_count == 2) o.events = o.files[--o.file_count];
  if (!o.events || o.file_count != 1) return usage(REPLAY_USAGE);
  struct arena *a = arena_new(ARENA_CAP);
  const struct lang_program *p;
  struct facts facts = {0};
  int code;
  if (o.report) { /* needs an engine to ask */
    struct engine *e = NULL;
    code = load(a, o.files[0], o.events, &o, &p, &e, &facts);
    if (e && code == 0) code = print_report(a, e, p, &o);
    if (e) engine_free(e);
    arena_free(a);
    return code;
  }
  struct replay *r = NULL;
  p = read_book(a, o.files[0], o.english, &code);
  if (p) code = read_facts(a, o.events, p, o.english, &facts);
  if (p && code == 0) r = run_whole(p, &facts, &o, &code);
  if (r) {
    struct printing k = {.a = a, .o = &o, .p = p, .list = json_array()};
    if (o.csv) puts("id,at,type,subject,amount,clause,item,text");
    replay_each_consequence(r, print_one, &k);
    print_counts(r, &o, k.n, k.list);
    json_decref(k.list);
  }
  replay_free(r);
  arena_free(a);
  return code;
}

/* ---- why ---- */

/* The facts from which it follows again, left out one by one until nothing can be spared (rules/proof.h). */
static void prove(struct arena *a, const struct lang_program *p, const struct facts *facts, i64 until, struct str id, json_t *why) {
  struct proof_version version = {p, in_force_of(p), in_force_of(p)};
  struct proof_log log = {.zone_offset_ms = p->zone_offset_ms, .versions = &version, .version_count = 1, .events = facts->p, .count = facts->n, .until_ms = until};
  struct proof proof;
  struct problem problem = {0};
  if (proof_find(a, &log, id, &proof, &problem) != OK) return; /* it stands by the whole log only: nothing to add */
  json_t *list = json_array();
  for (size_t i = 0; i < proof.count; i++) {
    json_t *one = json_object();
    json_object_set_new(one, "event", json_text(proof.events[i]->id));
    json_object_set_new(one, "kind", json_string(proof.events[i]->kind->en));
    json_object_set_new(one, "kind_zh", json_string(proof.events[i]->kind->zh));
    json_object_set_new(one, "at", json_integer(proof.events[i]->occurred_ms));
    json_array_append_new(list, one);
  }
  json_object_set_new(why, "proof", json_pack("{s:o, s:b}", "facts", list, "smallest", proof.smallest));
}

static const char *str_of(json_t *j, const char *key, const char *language) {
  json_t *v = json_object_get(j, key);
  if (json_is_object(v)) v = json_object_get(v, language);
  const char *s = json_string_value(v);
  return s ? s : "";
}

int cmd_why(int argc, char **argv) {
  struct options o;
  bool ok = read_options(argc, argv, &o);
  if (ok && !o.events && o.file_count == 3) {
    o.events = o.files[1];
    o.files[1] = o.files[2];
    o.file_count = 2;
  }
  if (!ok || !o.events || o.file_count != 2) return usage("why FILE --events LOG.jsonl CONSEQUENCE [--json]");
  struct arena *a = arena_new(ARENA_CAP);
  const struct lang_program *p;
  struct engine *e = NULL;
  struct facts facts;
  int code = load(a, o.files[0], o.events, &o, &p, &e, &facts);
  json_t *why = e ? engine_why_json(e, str_c(o.files[1])) : NULL;
  if (why) prove(a, p, &facts, engine_now(e), str_c(o.files[1]), why);
  if (e && why == NULL) {
    fprintf(stderr, o.english ? "guiju: no consequence \"%s\"\n" : "guiju：没有后果“%s”\n", o.files[1]);
    code = 1;
  }
  if (why && o.json) {
    print_json(why);
  } else if (why) {
    const char *l = o.english ? "en" : "zh";
    json_t *clause = json_object_get(why, "clause"), *list;
    printf("%s  %s\n", str_of(why, o.english ? "type" : "type_zh", l), str_of(why, "text", l));
    printf("%s %s (#%s, %s)\n%s\n", str_of(clause, "no", l), str_of(clause, "title", l), str_of(clause, "id", l), str_of(clause, "version", l), str_of(clause, "prose", l));
    list = json_object_get(clause, "figures");
    for (size_t i = 0; i < json_array_size(list); i++) {
      json_t *one = json_array_get(list, i);
      printf("  %s = %s\n", str_of(one, "name", l), str_of(one, "value", l));
    }
    list = json_object_get(why, "evidence");
    for (size_t i = 0; i < json_array_size(list); i++) {
      json_t *one = json_array_get(list, i);
      struct str at = calendar_show_instant(a, json_integer_value(json_object_get(one, "at")), p->zone_offset_ms);
      printf("  %.*s  %s  %s  %s\n", STR_ARG(at), str_of(one, "counts", l), str_of(one, l, l), str_of(one, "event", l));
    }
    list = json_object_get(why, "arithmetic");
    for (size_t i = 0; i < json_array_size(list); i++) {
      json_t *one = json_array_get(list, i);
      printf("  %s → %s\n", str_of(one, l, l), str_of(one, "value", l));
    }
    json_t *proof = json_object_get(json_object_get(why, "proof"), "facts");
    if (json_array_size(proof)) printf(o.english ? "It follows again from these facts alone:\n" : "只凭下列事实就能重新得出：\n");
    for (size_t i = 0; i < json_array_size(proof); i++) {
      json_t *one = json_array_get(proof, i);
      struct str at = calendar_show_instant(a, json_integer_value(json_object_get(one, "at")), p->zone_offset_ms);
      printf("  %.*s  %s  %s\n", STR_ARG(at), str_of(one, o.english ? "kind" : "kind_zh", l), str_of(one, "event", l));
    }
    printf("%s\n", str_of(why, "avoid", l));
    json_decref(why);
  }
  engine_free(e);
  arena_free(a);
  return code;
}

/* ---- try ---- */

static void print_person(struct arena *a, const json_t *o, bool english) {
  i64 before = json_integer_value(json_object_get(o, "before_fen")), after = json_integer_value(json_object_get(o, "after_fen"));
  long long had = json_integer_value(json_object_get(o, "before_count")), has = json_integer_value(json_object_get(o, "after_count"));
  struct str old = money_text(a, before), new = money_text(a, after), change = money_text(a, after - before);
  printf(english ? "%s  %.*s → %.*s  (%s%.*s)  %lld → %lld consequences\n" : "%s  %.*s → %.*s（%s%.*s）  后果 %lld → %lld 条\n",
         json_string_value(json_object_get(o, "person")), STR_ARG(old), STR_ARG(new), after > before ? "+" : "", STR_ARG(change), had, has);
}

static json_t *person_json(const json_t *o) {
  i64 before = json_integer_value(json_object_get(o, "before_fen")), after = json_integer_value(json_object_get(o, "after_fen"));
  return json_pack("{s:O, s:I, s:I, s:I, s:O, s:O}", "person", json_object_get(o, "person"), "old_fen", (json_int_t)before, "new_fen", (json_int_t)after, "change_fen",
                   (json_int_t)(after - before), "old_count", json_object_get(o, "before_count"), "new_count", json_object_get(o, "after_count"));
}

static void print_trial(struct arena *a, json_t *result, const struct options *o) {
  json_t *list = json_array(), *people = json_object_get(result, "people"), *one;
  size_t i;
  json_array_foreach(people, i, one) {
    if (o->json) json_array_append_new(list, person_json(one));
    else print_person(a, one, o->english);
  }
  if (o->json) print_json(json_pack("{s:O, s:O, s:O, s:O}", "people", list, "clauses", json_object_get(result, "clauses"), "lines", json_object_get(result, "lines"), "more", json_object_get(result, "more")));
  json_decref(list);
}

int cmd_try(int argc, char **argv) {
  struct options o;
  bool ok = read_options(argc, argv, &o);
  if (ok && !o.events && o.file_count == 3) o.events = o.files[--o.file_count];
  if (!ok || !o.events || o.file_count != 2) return usage("try OLD NEW --events LOG.jsonl [--from DATE] [--to DATE] [--format table|json]");
  struct arena *a = arena_new(ARENA_CAP);
  struct facts facts = {0};
  struct trial *trial = NULL;
  struct problem problem = {0};
  int code = 0;
  const struct lang_program *before = read_book(a, o.files[0], o.english, &code), *after = before ? read_book(a, o.files[1], o.english, &code) : NULL;
  if (after) code = read_facts(a, o.events, after, o.english, &facts);
  if (after && code == 0) {
    i64 zone = after->zone_offset_ms;
    struct trial_options t = {.before = before, .after = after, .zone_offset_ms = zone, .from_ms = o.has_from ? instant_at(o.from, 0, zone) : INT64_MIN / 4,
                              .to_ms = o.has_to ? instant_at(o.to + 1, 0, zone) : INT64_MAX / 4};
    bool good = trial_new(&t, &trial, &problem) == OK;
    for (size_t i = 0; good && i < facts.n; i++) good = trial_step(trial, facts.p[i], &problem) == OK;
    json_t *result = NULL;
    good = good && trial_result(trial, o.has_to ? t.to_ms : facts.n ? facts.p[facts.n - 1]->occurred_ms : 0, &result, &problem) == OK;
    if (good) {
      print_trial(a, result, &o);
      json_decref(result);
    } else {
      say_problem(&problem);
      code = 1;
    }
  }
  trial_free(trial);
  arena_free(a);
  return code;
}

/* ---- coverage ---- */

static int print_book(const struct coverage_book *b, bool english, const struct lang_program *program) {
  printf(english ? "%.*s: %zu of %zu clauses run\n" : "%.*s：%zu / %zu 条在运行\n", STR_ARG(b->book), b->running, b->count);
  for (int h = 0; h < HOW_COUNT; h++) {
    if (b->by_how[h]) printf("  %-6s %zu / %zu\n", coverage_how_name((enum coverage_how)h), b->running_by_how[h], b->by_how[h]);
  }
  for (size_t i = 0; program && i < b->count; i++) {
    const struct coverage_clause *c = &b->clauses[i];
    if (!c->running) printf("  %.*s (%s) #%.*s  %.*s\n", STR_ARG(c->id), coverage_how_name(c->how), STR_ARG(c->heading), STR_ARG(english ? c->why_en : c->why_zh));
  }
  return b->running == b->count ? 0 : 1;
}

int cmd_coverage(int argc, char **argv) {
  struct options o;
  if (!read_options(argc, argv, &o)) return usage("coverage [--book ID] [--json] [--rulebooks DIR] [--inventory FILE]");
  struct arena *a = arena_new(ARENA_CAP);
  struct str inventory;
  const char *path = o.inventory ? o.inventory : arena_printf(a, "%s/inventory/clauses.tsv", o.rulebooks).p;
  if (!read_file(a, path, &inventory)) {
    arena_free(a);
    return 2;
  }
  size_t count;
  struct str *books = coverage_books(a, inventory, &count);
  json_t *list = json_array();
  int code = 0;
  bool found = false;
  for (size_t i = 0; i < count; i++) {
    if (o.book && !str_is(books[i], o.book)) continue;
    found = true;
    struct arena *one = arena_new(ARENA_CAP);
    struct str file = arena_printf(one, "%s/%.*s.md", o.rulebooks, STR_ARG(books[i]));
    FILE *exists = fopen(file.p, "rb");
    int bad = 0;
    const struct lang_program *program = exists ? read_book(one, file.p, o.english, &bad) : NULL;
    if (exists) fclose(exists);
    struct coverage_book book;
    coverage_judge(one, inventory, books[i], program, &book);
    json_array_append_new(list, coverage_json(&book));
    if (!o.json) print_book(&book, o.english, o.book ? program : NULL);
    if (book.running != book.count) code = 1;
    if (bad) code = bad;
    arena_free(one);
  }
  if (!found) {
    fprintf(stderr, o.english ? "guiju: the inventory has no book \"%s\"\n" : "guiju：清单里没有“%s”这一册\n", o.book ? o.book : "");
    code = 2;
  } else if (o.json) {
    print_json(json_pack("{s:O}", "books", list));
  }
  json_decref(list);
  arena_free(a);
  return code;
}
