/* Collects the messages of one book and shows them as text and as JSON. */
#include "lang/diagnostic.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the format attributes of the public functions check callers */

void lang_diagnostics_init(struct lang_diagnostics *d, struct arena *a) { *d = (struct lang_diagnostics){.arena = a}; }

static struct str format(struct arena *a, const char *text, va_list args) {
  char room[1400];
  vsnprintf(room, sizeof room, text, args); // NOLINT(clang-analyzer-valist.Uninitialized): the caller started it
  return arena_dup(a, str_c(room));
}

struct lang_diagnostic *lang_diagnose_texts(struct lang_diagnostics *d, enum lang_severity severity, struct lang_span at, const char *key,
                                            struct str zh, struct str en) {
  if (severity == LANG_ERROR) d->errors++;
  else d->warnings++;
  struct lang_diagnostic *m;
  if (d->count >= LANG_DIAGNOSTICS_MAX) {
    if (!d->scratch) d->scratch = ARENA_NEW(d->arena, struct lang_diagnostic);
    m = d->scratch;
  } else {
    if (d->count == d->room) d->items = arena_grow(d->arena, d->items, &d->room, d->count + 1, sizeof *d->items);
    m = &d->items[d->count++];
  }
  *m = (struct lang_diagnostic){.severity = severity, .at = at, .key = str_c(key), .zh = zh, .en = en};
  return m;
}

struct lang_diagnostic *lang_diagnose(struct lang_diagnostics *d, enum lang_severity severity, struct lang_span at, const char *key,
                                      const char *zh, const char *en, ...) {
  if (d->count >= LANG_DIAGNOSTICS_MAX) return lang_diagnose_texts(d, severity, at, key, STR(""), STR(""));
  va_list args, again;
  va_start(args, en);
  va_copy(again, args);
  struct str zh_text = format(d->arena, zh, args), en_text = format(d->arena, en, again);
  va_end(again);
  va_end(args);
  return lang_diagnose_texts(d, severity, at, key, zh_text, en_text);
}

void lang_diagnostic_example(struct lang_diagnostics *d, struct lang_diagnostic *m, const char *zh, const char *en, ...) {
  if (m == d->scratch) return;
  va_list args, again;
  va_start(args, en);
  va_copy(again, args);
  m->example_zh = format(d->arena, zh, args);
  m->example_en = format(d->arena, en, again);
  va_end(again);
  va_end(args);
}
void lang_diagnostic_repair(struct lang_diagnostics *d, struct lang_diagnostic *m, const char *zh, const char *en, ...) {
  if (m == d->scratch || m->repair_count == LANG_REPAIRS_MAX) return;
  va_list args, again;
  va_start(args, en);
  va_copy(again, args);
  struct lang_repair *r = &m->repairs[m->repair_count++];
  r->zh = format(d->arena, zh, args);
  r->en = format(d->arena, en, again);
  va_end(again);
  va_end(args);
}

void lang_diagnostic_fix(struct lang_diagnostics *d, struct lang_diagnostic *m, struct lang_span at, struct str insert, const char *zh, const char *en, ...) {
  if (m == d->scratch || m->repair_count == LANG_REPAIRS_MAX) return;
  va_list args, again;
  va_start(args, en);
  va_copy(again, args);
  struct lang_repair *r = &m->repairs[m->repair_count++];
  r->zh = format(d->arena, zh, args);
  r->en = format(d->arena, en, again);
  va_end(again);
  va_end(args);
  r->insert = insert;
  r->exact = true;
  r->at = at;
}

static int by_place(const void *x, const void *y) {
  const struct lang_diagnostic *a = x, *b = y;
  if (a->at.from != b->at.from) return a->at.from < b->at.from ? -1 : 1;
  if (a->severity != b->severity) return a->severity < b->severity ? -1 : 1;
  int k = str_compare(a->key, b->key);
  return k ? k : str_compare(a->zh, b->zh);
}

void lang_diagnostics_sort(struct lang_diagnostics *d) {
  if (d->count > 1) qsort(d->items, d->count, sizeof *d->items, by_place);
  size_t kept = 0;
  for (size_t i = 0; i < d->count; i++) {
    if (kept && d->items[kept - 1].at.from == d->items[i].at.from && str_eq(d->items[kept - 1].key, d->items[i].key)) continue;
    d->items[kept++] = d->items[i];
  }
  d->count = kept;
}

/* The words of the book, one line at most. */
static struct str words_of(const struct lang_diagnostic *m, struct str source) {
  if (m->words.n) return m->words;
  struct str s = str_slice(source, m->at.from, m->at.to);
  size_t nl = str_find(s, STR("\n"), 0);
  return nl == SIZE_MAX ? s : str_slice(s, 0, nl);
}

/* Columns on a terminal: Han and full-width take two. */
static size_t width_of(struct str s) {
  size_t w = 0;
  for (size_t at = 0, n; at < s.n; at += n) {
    u32 c;
    n = str_decode(s, at, &c);
    w += (c >= 0x1100 && (c <= 0x115F || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                          (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) || (c >= 0x20000 && c <= 0x3FFFD)))
             ? 2
             : 1;
  }
  return w;
}

static void show_source(const struct lang_diagnostic *m, struct str source, struct buf *out) {
  size_t from = m->at.from;
  size_t to = from;
  while (from > 0 && source.p[from - 1] != '\n') from--;
  while (to < source.n && source.p[to] != '\n' && source.p[to] != '\r') to++;
  if (to - from > 400) return;
  buf_printf(out, "  | %.*s\n", STR_ARG(str_slice(source, from, to)));
  size_t before = width_of(str_slice(source, from, m->at.from)), marked = width_of(words_of(m, source));
  buf_addc(out, "  | ");
  for (size_t i = 0; i < before; i++) buf_byte(out, ' ');
  for (size_t i = 0; i < (marked ? marked : 1) && i < 120; i++) buf_byte(out, '^');
  buf_byte(out, '\n');
}

void lang_diagnostics_text(const struct lang_diagnostics *d, struct str source, struct str file, bool english, struct buf *out) {
  for (size_t i = 0; i < d->count; i++) {
    const struct lang_diagnostic *m = &d->items[i];
    const char *word = m->severity == LANG_ERROR ? (english ? "error" : "错误") : (english ? "warning" : "提醒");
    struct str text = english ? m->en : m->zh, example = english ? m->example_en : m->example_zh;
    buf_printf(out, "%.*s:%u:%u: %s: %.*s [%.*s]\n", STR_ARG(file), m->at.line, m->at.column, word, STR_ARG(text), STR_ARG(m->key));
    if (m->at.from <= source.n) show_source(m, source, out);
    if (example.n) buf_printf(out, english ? "    for example: %.*s\n" : "    例如：%.*s\n", STR_ARG(example));
    for (size_t r = 0; r < m->repair_count; r++) {
      struct str repair = english ? m->repairs[r].en : m->repairs[r].zh;
      buf_printf(out, english ? "    repair: %.*s\n" : "    可以：%.*s\n", STR_ARG(repair));
    }
  }
  if (d->errors + d->warnings > d->count && d->count == LANG_DIAGNOSTICS_MAX)
    buf_printf(out, english ? "… %zu more\n" : "……还有 %zu 条\n", d->errors + d->warnings - d->count);
}

static json_t *json_str(struct str s) {
  json_t *j = json_stringn(s.p ? s.p : "", s.n);
  return j ? j : json_string("?"); /* not UTF-8 */
}

/* Line and column are counted anew: a repair's place may be made of two others. */
static json_t *repair_json(const struct lang_repair *r, struct str source) {
  json_t *o = json_object();
  json_object_set_new(o, "zh", json_str(r->zh));
  json_object_set_new(o, "en", json_str(r->en));
  if (r->insert.n || r->exact) json_object_set_new(o, "insert", json_str(r->insert));
  json_object_set_new(o, "exact", json_boolean(r->exact));
  if (!r->exact || r->at.to > source.n) return o;
  json_int_t line = 1;
  size_t from = 0;
  for (size_t nl = 0; (nl = str_find(source, STR("\n"), from)) != SIZE_MAX && nl < r->at.from; line++) from = nl + 1;
  json_object_set_new(o, "line", json_integer(line));
  json_object_set_new(o, "column", json_integer((json_int_t)str_code_points(str_slice(source, from, r->at.from)) + 1));
  json_object_set_new(o, "length", json_integer((json_int_t)str_code_points(str_slice(source, r->at.from, r->at.to))));
  return o;
}

json_t *lang_diagnostics_json(const struct lang_diagnostics *d, struct str source) {
  json_t *list = json_array();
  for (size_t i = 0; i < d->count; i++) {
    const struct lang_diagnostic *m = &d->items[i];
    json_t *repairs = json_array();
    for (size_t r = 0; r < m->repair_count; r++) json_array_append_new(repairs, repair_json(&m->repairs[r], source));
    json_t *j = json_object(), *example = json_null();
    if (m->example_zh.n) {
      example = json_object();
      json_object_set_new(example, "zh", json_str(m->example_zh));
      json_object_set_new(example, "en", json_str(m->example_en));
    }
    struct str words = words_of(m, source);
    json_object_set_new(j, "severity", json_string(m->severity == LANG_ERROR ? "error" : "warning"));
    json_object_set_new(j, "key", json_str(m->key));
    json_object_set_new(j, "line", json_integer(m->at.line));
    json_object_set_new(j, "column", json_integer(m->at.column));
    json_object_set_new(j, "length", json_integer((json_int_t)str_code_points(words)));
    json_object_set_new(j, "words", json_str(words));
    json_object_set_new(j, "zh", json_str(m->zh));
    json_object_set_new(j, "en", json_str(m->en));
    json_object_set_new(j, "example", example);
    json_object_set_new(j, "repairs", repairs);
    json_object_set_new(j, "clause", json_str(m->clause));
    json_array_append_new(list, j);
  }
  return list;
}
