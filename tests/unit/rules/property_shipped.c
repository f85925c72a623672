/* Logs for a book that is there: facts of its own 例 thrown together, other people and other times, values a little more or less, so
 * that they come near what its clauses ask about. See property.h. */
#include "property.h"

#include "rules/example.h"

struct pool {
  struct str text;
  const struct lang_program *program;
  struct { struct event **events; size_t count; i64 until; } *examples;
  size_t example_count, example_room;
  struct event **all;
  size_t all_count, all_room;
  struct str people[64], roles[64];
  size_t person_count, role_count;
};

static void add_word(struct str *words, size_t *n, size_t room, struct str s) {
  for (size_t i = 0; i < *n; i++) {
    if (str_eq(words[i], s)) return;
  }
  if (s.n && *n < room) words[(*n)++] = s;
}

struct pool *pool_of(struct arena *a, const char *path) {
  struct pool *p = ARENA_NEW(a, struct pool);
  p->text = file_text(a, path);
  p->program = book_of(a, p->text);
  for (size_t i = 0; i < p->program->item_count; i++) {
    const struct lang_item *item = p->program->items[i];
    struct event **events;
    size_t count;
    i64 until;
    for (size_t k = 0; item->kind == LI_ROLE && k < item->role->names.count; k++) add_word(p->roles, &p->role_count, 64, item->role->names.p[k].text);
    if (item->kind != LI_EXAMPLE || !example_events(a, p->program, item, &events, &count, &until) || count == 0) continue;
    p->examples = arena_grow(a, p->examples, &p->example_room, p->example_count + 1, sizeof *p->examples);
    p->examples[p->example_count].events = events;
    p->examples[p->example_count].count = count;
    p->examples[p->example_count++].until = until;
    for (size_t k = 0; k < count; k++) {
      p->all = arena_grow(a, p->all, &p->all_room, p->all_count + 1, sizeof(struct event *));
      p->all[p->all_count++] = events[k];
      add_word(p->people, &p->person_count, 64, events[k]->actor);
      for (size_t f = 0; f < events[k]->kind->field_count; f++) {
        const struct value *v = &events[k]->fields[f];
        if (events[k]->kind->fields[f].type == FIELD_PERSON && (v->type == V_REF || v->type == V_TEXT)) add_word(p->people, &p->person_count, 64, v->s);
      }
    }
  }
  add_word(p->people, &p->person_count, 64, STR("小王"));
  return p;
}

/* ---- the book, cut at its headings ---- */

static void cut(struct arena *a, const struct pool *pool, struct made_book *book) {
  struct str rest = pool->text;
  size_t from = 0, at = 0;
  bool first = true, fenced = false;
  (void)a;
  while (at < rest.n) {
    size_t end = str_find(rest, STR("\n"), at);
    if (end == SIZE_MAX) end = rest.n - 1;
    struct str line = str_slice(rest, at, end);
    if (str_starts(line, STR("```"))) fenced = !fenced;
    bool heading = !fenced && str_starts(line, STR("#")) && str_find(line, STR("{#"), 0) != SIZE_MAX;
    if (heading && at > from && (!first || str_find(str_slice(rest, 0, at), STR("制度 "), 0) != SIZE_MAX) && book->count < CLAUSES_MAX) {
      struct str part = str_slice(rest, from, at);
      if (first) book->head = part;
      else book->clauses[book->count++] = (struct made_clause){part, true};
      first = false;
      from = at;
    }
    at = end + 1;
  }
  struct str part = str_slice(rest, from, rest.n);
  if (first) book->head = part;
  else if (book->count < CLAUSES_MAX) book->clauses[book->count++] = (struct made_clause){part, true};
}

/* ---- the log ---- */

static struct event *copy_of(struct arena *a, const struct event *e) {
  struct event *c = event_new(a, (enum event_kind_id)event_kind_index(e->kind), e->occurred_ms, e->actor);
  c->case_type = e->case_type;
  c->case_state = e->case_state;
  for (size_t i = 0; i < e->kind->field_count; i++) c->fields[i] = e->fields[i];
  for (size_t i = 0; i < e->extra_count; i++) event_set_extra(c, a, e->extra[i].name, e->extra[i].value);
  for (size_t i = 0; i < c->kind->field_count; i++) { /* a case of another type is another case */
    if (c->kind->fields[i].type == FIELD_CASE && c->case_type.n && c->fields[i].s.n) c->fields[i].s = arena_printf(a, "%.*s%.*s", STR_ARG(c->case_type), STR_ARG(c->fields[i].s));
  }
  return c;
}

static bool is_number(const struct value *v) { return v->type == V_COUNT || (v->type >= V_MONEY && v->type <= V_MONTHS) || v->type == V_INSTANT || v->type == V_DATE; }

static void bend_value(struct random *r, struct value *v, const struct value *other) {
  if (is_number(v) && random_below(r, 2)) v->i += random_below(r, 3) - 1;
  else if (other && other->type == v->type) *v = *other;
  if (v->type == V_BOOL && random_below(r, 2)) v->i = !v->i;
}

/* One field is another fact's, or a little more or less, or is not filled in. */
static void bend(struct arena *a, struct random *r, const struct pool *pool, struct event *e) {
  const struct event *other = pool->all[random_below(r, (int)pool->all_count)];
  for (int tries = 0; tries < 20 && other->kind != e->kind; tries++) other = pool->all[random_below(r, (int)pool->all_count)];
  bool same = other->kind == e->kind && str_eq(other->case_type, e->case_type);
  size_t fields = e->kind->field_count, which = (size_t)random_below(r, (int)(fields + e->extra_count + 1));
  (void)a;
  if (which < fields && e->fields[which].type != V_ABSENT) {
    if (e->kind->fields[which].type == FIELD_PERSON) e->fields[which] = value_ref(pool->people[random_below(r, (int)pool->person_count)]);
    else if (e->kind->fields[which].type == FIELD_CASE) return;
    else if (!e->kind->fields[which].required && random_one_in(r, 6)) e->fields[which] = value_absent();
    else bend_value(r, &e->fields[which], same ? &other->fields[which] : NULL);
  } else if (which >= fields && which < fields + e->extra_count) {
    struct value *v = &e->extra[which - fields].value;
    const struct value *theirs = NULL;
    for (size_t i = 0; same && i < other->extra_count; i++) {
      if (str_eq(other->extra[i].name, e->extra[which - fields].name)) theirs = &other->extra[i].value;
    }
    bend_value(r, v, theirs);
  }
}

static void put(struct arena *a, struct made_log *log, struct event *e) {
  if (log->count == FACTS_MAX) return;
  e->seq = (i64)log->count + 1;
  e->id = arena_printf(a, "e%zu", log->count + 1);
  log->facts[log->count++] = (struct made_fact){e, {"", 0}, true};
}

static void join_people(struct arena *a, struct random *r, const struct pool *pool, struct made_log *log, i64 at) {
  for (size_t i = 0; i < pool->role_count; i++) {
    if (random_one_in(r, 4)) continue;
    struct event *e = event_new(a, EVENT_person_joined, at + random_below(r, 2), (struct str){"", 0});
    event_set_text(e, "person", pool->people[random_below(r, (int)pool->person_count)]);
    event_set_text(e, "role", pool->roles[i]);
    event_set_text(e, "job_number", arena_printf(a, "%zu", i));
    if (random_below(r, 2)) event_set_int(e, "base_wage", 300000 + random_below(r, 3));
    put(a, log, e);
  }
}

static i64 jolt(struct random *r) {
  static const i64 off[] = {0, 0, 0, 1, -1, MS_SECOND, MS_MINUTE, MS_HOUR, -(i64)MS_HOUR, MS_DAY, -(i64)MS_DAY};
  return off[random_below(r, (int)COUNT_OF(off))];
}

static void throw_in(struct arena *a, struct random *r, const struct pool *pool, struct made_log *log) {
  static const int days[] = {0, 0, 0, 1, -1, 7, 26, 30};
  size_t which = (size_t)random_below(r, (int)pool->example_count);
  i64 shift = days[random_below(r, (int)COUNT_OF(days))] * (i64)MS_DAY + (random_one_in(r, 3) ? jolt(r) : 0);
  i64 first = pool->examples[which].events[0]->occurred_ms;
  for (size_t i = 0; i < pool->examples[which].count; i++) {
    struct event *e = copy_of(a, pool->examples[which].events[i]);
    if (e->occurred_ms - first > 400 * (i64)MS_DAY) continue; /* two years of it are for another test */
    e->occurred_ms += shift + (random_one_in(r, 5) ? jolt(r) : 0);
    while (random_one_in(r, 3)) bend(a, r, pool, e);
    put(a, log, e);
  }
}

void make_shipped(struct arena *a, struct random *r, const struct pool *pool, struct made_book *book, struct made_log *log) {
  *book = (struct made_book){.shipped = true, .changes = random_next(r)};
  *log = (struct made_log){0};
  cut(a, pool, book);
  bool found = random_one_in(r, 3); /* facts that only the engine finds are stated too */
  i64 start = pool->examples[random_below(r, (int)pool->example_count)].events[0]->occurred_ms - (i64)random_below(r, 20) * MS_DAY - 1;
  if (random_below(r, 3)) join_people(a, r, pool, log, start);
  size_t wanted = log->count + 4 + (size_t)random_below(r, 40);
  while (log->count < wanted && log->count < FACTS_MAX - 8) throw_in(a, r, pool, log);
  size_t kept = 0;
  i64 last = start;
  for (size_t i = 0; i < log->count; i++) {
    if (!found && log->facts[i].event->kind->derived) continue;
    log->facts[kept] = log->facts[i];
    log->facts[kept].event->seq = (i64)kept + 1;
    log->facts[kept].event->id = arena_printf(a, "e%zu", kept + 1);
    log->facts[kept].text = fact_text(a, log->facts[kept].event);
    if (log->facts[kept].event->occurred_ms > last) last = log->facts[kept].event->occurred_ms;
    kept++;
  }
  log->count = kept;
  log->from = start;
  static const i64 later[] = {0, 1, MS_DAY, 12 * (i64)MS_DAY, 35 * (i64)MS_DAY};
  log->until = last + later[random_below(r, (int)COUNT_OF(later))];
}
