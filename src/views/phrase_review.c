/* A week of quick phrases looked back on: what was used and by whom, what nobody used for eight weeks, what was changed before it was
 * sent, and which answers were typed by hand so often that they could be phrases. */
#include "views/phrase_parts.h"

#include "base/calendar.h"
#include "base/map.h"
#include "base/plain_text.h"
#include "views/json.h"
#include "views/phrase.sql.h"
#include "views/show.h"

#include <stdlib.h>

enum {
  BEGUN_BEFORE_MS = 7 * 86400000, /* talks that began so long before the week are read too */
  TYPED_ROWS_MOST = 50000,
  TYPED_LEAST = 3,  /* said so often, it could be a phrase */
  TYPED_SHOWN = 20,
  EDITED_SHOWN = 5, /* samples of a phrase that was changed */
  EDITED_LEAST = 2,
  USES_MOST = 200,
};
#define UNUSED_MS ((i64)8 * 7 * MS_DAY) /* never used for so long */

struct review {
  struct read_ctx *r;
  i64 from_ms, to_ms;
  struct map lines;  /* id → struct phrase_line * */
  struct map forms;  /* form of a phrase's text → itself: it is one already */
  struct map used;   /* phrase → struct phrase_week_row * */
  struct show_people people;
  json_t *never;
};

static void keep_line(void *ctx, const struct phrase_line *l) {
  struct review *x = ctx;
  struct phrase_line *own = ARENA_NEW(x->r->arena, struct phrase_line);
  *own = *l;
  map_set_ptr(&x->lines, own->id, own);
  struct str form = phrase_form(x->r->arena, own->text);
  if (form.n) map_set_ptr(&x->forms, form, own);
  bool shared = !str_is(l->scope, "personal");
  if (shared && l->last_ms < x->to_ms - UNUSED_MS && l->created_ms < x->to_ms - UNUSED_MS) {
    json_t *o = phrase_json(own);
    json_object_set_new(o, "last_ms", json_ms(l->last_ms > 0, l->last_ms));
    json_array_append_new(x->never, o);
  }
}

/* The phrase with the week's figures; one that is gone or is somebody's own is shown by its last wording only to those who may see it. */
static enum status figures_json(struct review *x, const struct phrase_week_row *row, json_t **out) {
  const struct phrase_line *l = map_ptr(&x->lines, row->phrase);
  struct phrase_get_row *gone = NULL;
  enum status status = OK;
  if (!l) TRY(phrase_get(x->r->store, x->r->arena, &(struct phrase_get_in){.id = row->phrase}, &gone, x->r->problem));
  bool hidden = gone && str_is(gone->scope, "personal") && !str_eq(gone->holder, x->r->actor.id);
  *out = l ? phrase_json(l)
           : json_pack("{s:o,s:o,s:o,s:o,s:o,s:b,s:b}", "id", json_of(row->phrase), "scope", json_of(gone ? gone->scope : STR("")), "group",
                       json_of(gone && !hidden ? gone->group_name : STR("")), "keys", json_of(gone && !hidden ? gone->keys : STR("")), "text",
                       json_of(gone && !hidden ? gone->text : STR("")), "hidden", (int)hidden, "removed", (int)(gone && gone->removed));
  json_object_set_new(*out, "used", json_integer(row->used));
  json_object_set_new(*out, "edited", json_integer(row->edited));
  json_object_set_new(*out, "people", json_integer(row->people));
done:
  return status;
}

static json_t *use_json(struct review *x, const struct phrase_uses_row *u) {
  return json_pack("{s:o,s:o,s:I,s:I,s:o,s:o,s:b,s:o}", "phrase", json_of(u->phrase), "conversation", json_of(u->conversation), "seq", (json_int_t)u->seq, "at", (json_int_t)u->at_ms,
                   "person", json_of(u->person), "person_name", json_of(show_name(&x->people, u->person)), "edited", (int)(u->edited != 0), "text", show_text(u->text));
}

static enum status used_json(struct review *x, json_t *used, json_t *edited) {
  struct phrase_week_row *rows;
  size_t count;
  enum status status = OK;
  TRY(phrase_week(x->r->store, x->r->arena, &(struct phrase_week_in){.from_ms = x->from_ms, .to_ms = x->to_ms}, &rows, &count, x->r->problem));
  for (size_t i = 0; i < count; i++) {
    json_t *one;
    TRY(figures_json(x, &rows[i], &one));
    json_array_append_new(used, one);
    if (rows[i].edited < EDITED_LEAST || 2 * rows[i].edited < rows[i].used) continue; /* changed at least every second time */
    struct phrase_uses_row *uses;
    size_t n;
    json_t *changed = json_deep_copy(one), *samples = json_array();
    json_object_set_new(changed, "samples", samples);
    json_array_append_new(edited, changed);
    struct phrase_uses_in in = {.phrase = rows[i].phrase, .person = STR(""), .edited = 1, .from_ms = x->from_ms, .to_ms = x->to_ms, .most = EDITED_SHOWN};
    TRY(phrase_uses(x->r->store, x->r->arena, &in, &uses, &n, x->r->problem));
    for (size_t k = 0; k < n; k++) json_array_append_new(samples, use_json(x, &uses[k]));
  }
done:
  return status;
}

static enum status people_json(struct review *x, json_t *out) {
  struct phrase_week_people_row *rows;
  size_t count;
  enum status status = phrase_week_people(x->r->store, x->r->arena, &(struct phrase_week_people_in){.from_ms = x->from_ms, .to_ms = x->to_ms}, &rows, &count, x->r->problem);
  for (size_t i = 0; status == OK && i < count; i++)
    json_array_append_new(out, json_pack("{s:o,s:o,s:I,s:I,s:I}", "person", json_of(rows[i].person), "name", json_of(show_name(&x->people, rows[i].person)), "used",
                                         (json_int_t)rows[i].used, "edited", (json_int_t)rows[i].edited, "phrases", (json_int_t)rows[i].phrases));
  return status;
}

struct typed {
  struct str text; /* the wording said most */
  i64 said, people, seq;
};

static int more_said(const void *a, const void *b) {
  const struct typed *x = *(const struct typed *const *)a, *y = *(const struct typed *const *)b;
  if (x->said != y->said) return x->said > y->said ? -1 : 1;
  return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* Wordings of one form together. `people` is the most that used one wording: at least so many. */
static enum status typed_json(struct review *x, json_t *out, bool *partial) {
  struct phrase_typed_row *rows;
  struct map forms;
  size_t count, n = 0;
  enum status status = OK;
  struct phrase_typed_in in = {.begun_ms = x->from_ms - BEGUN_BEFORE_MS, .from_ms = x->from_ms, .to_ms = x->to_ms, .most = TYPED_ROWS_MOST};
  TRY(phrase_typed(x->r->store, x->r->arena, &in, &rows, &count, x->r->problem));
  *partial = count == TYPED_ROWS_MOST;
  map_init(&forms, x->r->arena);
  struct typed **all = ARENA_ARRAY(x->r->arena, struct typed *, count + 1);
  for (size_t i = 0; i < count; i++) { /* most said first, so a form is shown in its usual wording */
    struct str form = phrase_form(x->r->arena, rows[i].text);
    if (!form.n || map_ptr(&x->forms, form)) continue;
    struct typed *t = map_ptr(&forms, form);
    if (!t) {
      t = all[n++] = ARENA_NEW(x->r->arena, struct typed);
      *t = (struct typed){.text = rows[i].text, .seq = rows[i].last_seq};
      map_set_ptr(&forms, form, t);
    }
    t->said += rows[i].said;
    if (rows[i].people > t->people) t->people = rows[i].people;
  }
  qsort(all, n, sizeof *all, more_said);
  for (size_t i = 0; i < n && i < TYPED_SHOWN && all[i]->said >= TYPED_LEAST; i++) {
    struct phrase_message_row *m;
    TRY(phrase_message(x->r->store, x->r->arena, &(struct phrase_message_in){.seq = all[i]->seq}, &m, x->r->problem));
    json_array_append_new(out, json_pack("{s:o,s:I,s:I,s:o,s:I}", "text", json_of(all[i]->text), "said", (json_int_t)all[i]->said, "people", (json_int_t)all[i]->people,
                                         "conversation", json_of_or_null(m ? m->conversation : STR("")), "seq", (json_int_t)all[i]->seq));
  }
done:
  return status;
}

static enum status begin(struct review *x, struct read_ctx *r) {
  *x = (struct review){.r = r};
  map_init(&x->lines, r->arena);
  map_init(&x->forms, r->arena);
  return show_people_load(r->store, r->arena, &x->people, r->problem);
}

enum status phrase_read_review(struct read_ctx *r, json_t *query, json_t **result) {
  struct review x;
  i64 date;
  bool partial = false;
  json_t *used = json_array(), *edited = json_array(), *people = json_array(), *typed = json_array(), *never = json_array();
  enum status status = OK;
  TRY(begin(&x, r));
  TRY(show_date_parse(json_arg(query, "week"), instant_date(r->now_ms, r->zone_offset_ms), &date, r->problem));
  date = week_start(date);
  x.from_ms = instant_at(date, 0, r->zone_offset_ms);
  x.to_ms = instant_at(date + 7, 0, r->zone_offset_ms);
  x.never = never;
  TRY(phrase_each(r, keep_line, &x));
  TRY(used_json(&x, used, edited));
  TRY(people_json(&x, people));
  TRY(typed_json(&x, typed, &partial));
  *result = json_pack("{s:o,s:I,s:I,s:O,s:O,s:O,s:O,s:O,s:b}", "week", show_date(r->arena, date), "from", (json_int_t)x.from_ms, "to", (json_int_t)x.to_ms, "used", used, "edited", edited,
                      "people", people, "never", never, "typed", typed, "partial", (int)partial);
done:
  json_decref(used), json_decref(edited), json_decref(people), json_decref(typed), json_decref(never);
  return status;
}

enum status phrase_read_uses(struct read_ctx *r, json_t *query, json_t **result) {
  struct review x;
  struct phrase_uses_row *rows;
  size_t count;
  json_t *items = json_array(), *flag = json_object_get(query, "edited");
  enum status status = OK;
  TRY(begin(&x, r));
  bool edited = json_is_true(flag) || str_is(json_arg(query, "edited"), "true") || json_arg_int(query, "edited", 0) == 1;
  struct phrase_uses_in in = {.phrase = json_arg(query, "phrase"), .person = json_arg(query, "person"), .edited = edited, .from_ms = json_arg_int(query, "from", 0),
                              .to_ms = json_arg_int(query, "to", r->now_ms), .most = USES_MOST};
  TRY(phrase_uses(r->store, r->arena, &in, &rows, &count, r->problem));
  for (size_t i = 0; i < count; i++) json_array_append_new(items, use_json(&x, &rows[i]));
  *result = json_pack("{s:O,s:b,s:n}", "items", items, "partial", (int)(count == USES_MOST), "next");
done:
  json_decref(items);
  return status;
}
