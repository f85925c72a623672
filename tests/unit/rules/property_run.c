/* One trial, every way of delivery: see property.h. */
#include "property.h"

#include "lang/format.h"
#include "rules/image.h"
#include "rules/replay.h"

/* cmocka cuts long messages; these are told whole. */
void say(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vfprintf(stdout, format, args);
  va_end(args);
  fflush(stdout);
}

/* How the facts reach the engine. */
enum mode { IN_ORDER, WALKED, ODD_STEPS, SHUFFLED, HELD, TWICE, LATE_VERSION, RESTED, IMAGED, COLUMNS, MODES };
static const char *const mode_names[MODES] = {"in order", "in order, trees instead of code", "in order, time advanced in odd steps", "shuffled", "shuffled, held and flushed", "each sent twice",
                                              "second version published late", "some late, with stations, forgetting", "some late, saved and restored", "a replay over columns"};

struct told_so_far told_so_far;

/* ---- books ---- */

static bool understood(struct arena *a, struct str source, const struct lang_program **out, struct str *why) {
  struct lang_diagnostics d;
  lang_diagnostics_init(&d, a);
  struct lang_program *p;
  enum status parsed = lang_parse(a, source, &p, &d);
  enum status checked = lang_check(a, p, rules_vocabulary(a), &d);
  *out = p;
  if (parsed == OK && checked == OK) return true;
  for (size_t i = 0; i < d.count && why->n == 0; i++) {
    if (d.items[i].severity == LANG_ERROR) *why = arena_printf(a, "%.*s: %.*s: %.*s", STR_ARG(d.items[i].key), STR_ARG(d.items[i].zh), STR_ARG(d.items[i].words));
  }
  return false;
}

/* parse ∘ format = identity: what the formatter writes means the same, and it writes the same again. */
static struct str formatted(struct arena *a, struct str source) {
  struct buf once, twice;
  buf_init(&once, 1 << 22);
  buf_init(&twice, 1 << 22);
  assert_int_equal(lang_format(a, source, &once), OK);
  assert_int_equal(lang_format(a, buf_str(&once), &twice), OK);
  if (!str_eq(buf_str(&once), buf_str(&twice))) {
    say("formatting twice differs\n%.*s\n%.*s", STR_ARG(buf_str(&once)), STR_ARG(buf_str(&twice)));
    fail();
  }
  struct str out = arena_buf(a, &once);
  buf_release(&once);
  buf_release(&twice);
  return out;
}

bool programs_of(struct arena *a, const struct trial *t, struct programs *out, struct str *why) {
  for (int v = 0; v <= t->second; v++) {
    struct str source = book_text(a, &t->book, v ? "2.0" : "1.0", v == 1), tidy = formatted(a, source);
    if (!understood(a, source, &out->plain[v], why) || !understood(a, tidy, &out->formatted[v], why)) return false;
  }
  return true;
}

/* ---- the two derivations ---- */

static size_t events_of(struct arena *a, const struct trial *t, struct event ***out) {
  *out = ARENA_ARRAY(a, struct event *, t->log.count + 1);
  size_t n = 0;
  for (size_t i = 0; i < t->log.count; i++) {
    if (t->log.facts[i].on) (*out)[n++] = t->log.facts[i].event;
  }
  return n;
}

static struct str without_lines(struct arena *a, struct str text, struct str words) {
  struct buf b;
  buf_init(&b, 64 << 20);
  for (struct str rest = text; rest.n;) {
    struct str line = str_cut(rest, '\n', &rest);
    if (str_find(line, words, 0) != SIZE_MAX) continue;
    buf_add(&b, line);
    buf_byte(&b, '\n');
  }
  struct str out = arena_buf(a, &b);
  buf_release(&b);
  return out;
}

static struct str without_clocks(struct arena *a, struct str text) { return without_lines(a, text, STR(" clock ")); }

/* A replay over columns keeps no chain of what was counted, and looks for no automatic replies. */
static struct str without_counted(struct arena *a, struct str text) {
  static const char *const marks[] = {" [counted ", " [not_counted "};
  struct buf b;
  buf_init(&b, 64 << 20);
  for (size_t i = 0; i < text.n;) {
    struct str rest = str_slice(text, i, text.n);
    bool mark = false;
    for (size_t k = 0; k < COUNT_OF(marks); k++) mark |= str_starts(rest, str_c(marks[k]));
    if (mark) {
      i += str_find(rest, STR("]"), 0) + 1;
      continue;
    }
    buf_byte(&b, (unsigned char)text.p[i++]);
  }
  struct str out = arena_buf(a, &b);
  buf_release(&b);
  return out;
}

struct str by_reference(struct arena *a, const struct trial *t, const struct programs *p, struct reference_result *result) {
  struct event **events;
  size_t n = events_of(a, t, &events);
  struct reference_version versions[2] = {{p->plain[0], t->first_at, t->first_at}, {p->plain[1], t->second_at, t->second_at}};
  struct reference_input in = {.zone_offset_ms = ZONE, .calendar = &t->calendar, .versions = versions, .version_count = t->second ? 2 : 1,
                               .events = (const struct event *const *)events, .event_count = n, .until_ms = t->log.until};
  struct problem problem = {0};
  if (reference_derive(a, &in, result, &problem) != OK) return arena_printf(a, "%s\n", problem.zh);
  struct str text = reference_text(a, result, ZONE);
  return t->planted ? without_lines(a, text, str_c(t->planted)) : text;
}

/* ---- the gates ---- */

static int by_order(const void *a, const void *b) { return event_compare(*(struct event *const *)a, *(struct event *const *)b); }

static size_t judged_by(const struct trial *t, i64 at) { return t->second && t->second_at <= at; }

/* Facts up to the middle one, in their order; there the first request is asked, as it would have been then. */
static size_t half_way(struct event **sorted, size_t n) {
  size_t half = n / 2;
  while (half > 0 && half < n && sorted[half]->occurred_ms == sorted[half - 1]->occurred_ms) half++;
  return half;
}

static struct event *asked_then(struct arena *a, const struct trial *t, i64 at) {
  struct event *e = ARENA_NEW(a, struct event);
  *e = *t->requests[0];
  e->occurred_ms = at;
  return e;
}

/* What the reference decides: when all is told, and half way. */
static struct str decided_by_reference(struct arena *a, const struct trial *t, const struct programs *p, bool early) {
  struct event **events;
  struct problem problem = {0};
  size_t n = events_of(a, t, &events);
  if (n) qsort(events, n, sizeof *events, by_order);
  size_t half = half_way(events, n);
  if (early && (half == 0 || t->request_count == 0)) return (struct str){"", 0};
  struct reference_version versions[2] = {{p->plain[0], t->first_at, t->first_at}, {p->plain[1], t->second_at, t->second_at}};
  struct reference_input in = {.zone_offset_ms = ZONE, .calendar = &t->calendar, .versions = versions, .version_count = t->second ? 2 : 1,
                               .events = (const struct event *const *)events, .event_count = early ? half : n, .until_ms = early ? events[half - 1]->occurred_ms : t->log.until};
  struct str all = {"", 0};
  for (size_t i = 0; i < (early ? 1 : t->request_count); i++) {
    struct gate_decision d;
    struct arena *once = arena_new((size_t)1 << 30); /* a derivation of its own each */
    const struct event *request = early ? asked_then(a, t, in.until_ms) : t->requests[i];
    bool decided = reference_gate(once, &in, request, &d, &problem) == OK;
    if (decided) all = arena_printf(a, "%.*s%.*s", STR_ARG(all), STR_ARG(decision_text(once, p->plain[judged_by(t, request->occurred_ms)], &d)));
    arena_free(once);
    if (!decided) return all;
    if (!early) told_so_far.asked++, told_so_far.answered[d.verdict]++;
  }
  return all;
}

static struct str decide(struct arena *a, const struct trial *t, const struct programs *p, struct engine *e, const struct event *request) {
  struct problem problem = {0};
  struct gate_decision d;
  assert_int_equal(engine_gate(e, a, request, &d, &problem), OK);
  return decision_text(a, p->plain[judged_by(t, request->occurred_ms)], &d);
}

/* What the engine said on the way must add up to what it holds in the end. */
struct heard {
  struct arena *a;
  struct { struct str id, line; bool live; } all[8000];
  size_t n;
  bool wrong;
};

static void hear(void *ctx, enum change change, const struct consequence *c) {
  struct heard *h = ctx;
  struct buf b;
  size_t i = 0;
  while (i < h->n && !str_eq(h->all[i].id, c->id)) i++;
  if (i == COUNT_OF(h->all)) return;
  if (i == h->n) {
    h->n++;
    h->all[i].id = arena_dup(h->a, c->id);
    h->all[i].live = false;
  }
  if ((change == CHANGE_ADD) == h->all[i].live) h->wrong = true; /* added twice, or changed without being there */
  h->all[i].live = change != CHANGE_WITHDRAW;
  buf_init(&b, 1 << 16);
  reference_write_consequence(&b, c, ZONE);
  h->all[i].line = arena_buf(h->a, &b);
  buf_release(&b);
}

static int by_text(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

static struct str heard_text(struct heard *h) {
  struct str *lines = ARENA_ARRAY(h->a, struct str, h->n + 1);
  struct buf b;
  size_t n = 0;
  for (size_t i = 0; i < h->n; i++) {
    if (h->all[i].live) lines[n++] = h->all[i].line;
  }
  qsort(lines, n, sizeof *lines, by_text);
  buf_init(&b, 64 << 20);
  for (size_t i = 0; i < n; i++) buf_add(&b, lines[i]);
  struct str text = arena_buf(h->a, &b);
  buf_release(&b);
  return text;
}

static void publish(struct engine *e, const struct lang_program *p, i64 at) {
  struct problem problem = {0};
  assert_int_equal(engine_publish(e, p, at, at, &problem), OK);
}

static void keep_heard(struct heard *to, const struct heard *of) {
  memcpy(to->all, of->all, of->n * sizeof *of->all);
  to->n = of->n;
  to->wrong = of->wrong;
}

/* As after a restart: what the engine knew, from its image. */
static struct engine *restarted(const struct trial *t, const struct programs *p, struct engine *old) {
  struct bytes image = {0};
  struct problem problem = {0};
  struct image_version versions[2] = {{p->formatted[0], t->first_at, t->first_at}, {p->formatted[1], t->second_at, t->second_at}};
  if (engine_save(old, keep_bytes, &image, &problem) != OK) { /* not while facts are held */
    free(image.p);
    return old;
  }
  struct engine *e = engine_new(ZONE, &t->calendar);
  assert_int_equal(engine_restore(e, image.p, image.n, versions, t->second ? 2 : 1, &problem), OK);
  engine_free(old);
  free(image.p);
  told_so_far.restored++;
  return e;
}

/* Something is needed that was forgotten: a whole engine of the first n facts, and what was said since is taken back. */
static struct engine *whole_again(const struct trial *t, const struct programs *p, struct engine *old, struct event **events, size_t n, struct heard *h, const struct heard *before) {
  struct problem problem = {0};
  struct engine *e = engine_new(ZONE, &t->calendar);
  publish(e, p->formatted[0], t->first_at);
  if (t->second) publish(e, p->formatted[1], t->second_at);
  engine_remember_as(e, old);
  engine_free(old);
  engine_hold(e);
  for (size_t i = 0; i < n; i++) assert_int_equal(engine_enter(e, events[i], NULL, &problem), OK);
  engine_flush(e, NULL);
  keep_heard(h, before);
  told_so_far.read_again++;
  return e;
}

/* What was said, and what the gates said: when all was told, and half way where the facts come in order. */
struct answers {
  struct str heard, decided, early;
};

static struct str by_engine(struct arena *a, const struct trial *t, const struct programs *p, enum mode mode, struct answers *said) {
  struct event **events;
  struct problem problem = {0};
  size_t n = events_of(a, t, &events);
  struct random r = {t->seed * 977 + mode};
  struct heard *h = ARENA_NEW(a, struct heard), *before = mode == RESTED ? ARENA_NEW(a, struct heard) : NULL;
  h->a = a;
  struct engine_sink sink = {.ctx = h, .consequence = hear};
  engine_walk(mode == WALKED);
  struct engine *e = engine_new(ZONE, &t->calendar);
  engine_walk(false);
  bool tidy = mode != IN_ORDER && mode != WALKED;
  publish(e, tidy ? p->formatted[0] : p->plain[0], t->first_at);
  if (t->second && mode != LATE_VERSION) publish(e, tidy ? p->formatted[1] : p->plain[1], t->second_at);
  if (n) qsort(events, n, sizeof *events, by_order);
  if (mode == SHUFFLED || mode == HELD || mode == TWICE) {
    for (size_t i = n; i > 1; i--) {
      size_t k = (size_t)random_below(&r, (int)i);
      struct event *swap = events[i - 1];
      events[i - 1] = events[k];
      events[k] = swap;
    }
  }
  for (size_t i = 0; (mode == RESTED || mode == IMAGED) && i + 1 < n; i++) { /* some come late */
    if (!random_one_in(&r, 5)) continue;
    size_t by = 1 + (size_t)random_below(&r, (int)(n - i - 1 < 12 ? n - i - 1 : 12));
    struct event *late = events[i];
    memmove(&events[i], &events[i + 1], by * sizeof *events);
    events[i + by] = late;
  }
  *said = (struct answers){{"", 0}, {"", 0}, {"", 0}};
  bool in_order = mode == IN_ORDER || mode == WALKED || mode == ODD_STEPS;
  size_t half = t->request_count && in_order ? half_way(events, n) : 0;
  if (mode == HELD) engine_hold(e);
  for (size_t i = 0; i < n; i++) {
    if (half && i == half) said->early = decide(a, t, p, e, asked_then(a, t, events[half - 1]->occurred_ms));
    if (mode == ODD_STEPS && i && random_below(&r, 2)) {
      i64 gap = events[i]->occurred_ms - events[i - 1]->occurred_ms;
      if (gap > 0) engine_advance(e, events[i - 1]->occurred_ms + (i64)(random_next(&r) % (u64)gap), &sink);
    }
    if (mode == RESTED) keep_heard(before, h);
    assert_int_equal(engine_enter(e, events[i], &sink, &problem), OK);
    if (engine_wants_past(e)) {
      e = whole_again(t, p, e, events, i, h, before);
      assert_int_equal(engine_enter(e, events[i], &sink, &problem), OK);
    }
    if (mode == TWICE && random_below(&r, 2)) assert_int_equal(engine_enter(e, events[random_below(&r, (int)i + 1)], &sink, &problem), OK);
    if (mode == HELD && random_one_in(&r, 10)) {
      engine_flush(e, &sink);
      if (random_below(&r, 2)) engine_hold(e);
    }
    if (mode == IMAGED && random_one_in(&r, 4)) e = restarted(t, p, e);
    if ((mode == RESTED || mode == IMAGED) && random_one_in(&r, 3)) (void)engine_keep_station(e);
    if (mode == RESTED && random_one_in(&r, 6) && engine_forget(e, random_below(&r, 2) * (i64)MS_DAY, random_below(&r, 3) * (i64)MS_DAY)) told_so_far.forgot++;
    if (mode == LATE_VERSION && t->second && i == n / 2) publish(e, p->formatted[1], t->second_at);
  }
  if (mode == LATE_VERSION && t->second && n == 0) publish(e, p->formatted[1], t->second_at);
  engine_flush(e, &sink);
  if (mode == RESTED) keep_heard(before, h);
  engine_advance(e, t->log.until, &sink);
  if (engine_wants_past(e)) {
    e = whole_again(t, p, e, events, n, h, before);
    engine_advance(e, t->log.until, &sink);
  }
  assert_false(engine_wants_past(e));
  if (half == n && half) said->early = decide(a, t, p, e, asked_then(a, t, events[half - 1]->occurred_ms));
  for (size_t i = 0; i < t->request_count; i++) said->decided = arena_printf(a, "%.*s%.*s", STR_ARG(said->decided), STR_ARG(decide(a, t, p, e, t->requests[i])));
  struct str out = reference_text_of_engine(a, e, ZONE); /* after asking: a question changes nothing */
  said->heard = heard_text(h);
  if (h->wrong) said->heard = STR("added twice, or changed without being there\n");
  if (mode == LATE_VERSION && t->second) said->heard.p = NULL; /* publishing reports nothing */
  engine_free(e);
  return out;
}

struct lines {
  struct arena *a;
  struct str *p;
  size_t n, room;
};

static void replay_line(void *ctx, const struct consequence *c) {
  struct lines *l = ctx;
  struct buf b;
  buf_init(&b, 1 << 16);
  reference_write_consequence(&b, c, ZONE);
  l->p = arena_grow(l->a, l->p, &l->room, l->n + 1, sizeof *l->p);
  l->p[l->n++] = arena_buf(l->a, &b);
  buf_release(&b);
}

/* The same log over columns, on two threads; it tells no clocks. *given false: a fact that only the engine finds stands in the log. */
static struct str by_columns(struct arena *a, const struct trial *t, const struct programs *p, bool *given) {
  struct event **events;
  struct problem problem = {0};
  size_t n = events_of(a, t, &events);
  struct lines l = {.a = a};
  struct buf b;
  *given = true;
  for (size_t i = 0; i < n; i++) *given &= !events[i]->kind->derived;
  if (!*given) return (struct str){"", 0};
  struct replay *r = replay_new(ZONE, &t->calendar);
  assert_int_equal(replay_publish(r, p->plain[0], t->first_at, t->first_at, &problem), OK);
  if (t->second) assert_int_equal(replay_publish(r, p->plain[1], t->second_at, t->second_at, &problem), OK);
  if (n) qsort(events, n, sizeof *events, by_order);
  for (size_t i = 0; i < n; i++) assert_int_equal(replay_add(r, events[i], &problem), OK);
  replay_shards(r, 1 + (int)(t->seed % 3));
  assert_int_equal(replay_run(r, t->log.until, 2, &problem), OK);
  replay_each_consequence(r, replay_line, &l);
  replay_free(r);
  if (l.n) qsort(l.p, l.n, sizeof *l.p, by_text);
  buf_init(&b, 64 << 20);
  for (size_t i = 0; i < l.n; i++) buf_add(&b, l.p[i]);
  struct str out = arena_buf(a, &b);
  buf_release(&b);
  return out;
}

/* NULL mode text: agreed. Otherwise what differs. */
const char *disagreement(struct arena *a, const struct trial *t, bool count, struct str *mine, struct str *theirs) {
  struct programs p = {0};
  struct str why = {"", 0};
  struct answers said;
  struct reference_result result;
  if (!programs_of(a, t, &p, &why)) return NULL;
  struct str decided = decided_by_reference(a, t, &p, false), early = decided_by_reference(a, t, &p, true);
  struct str whole = by_reference(a, t, &p, &result);
  for (int mode = 0; mode < MODES; mode++) {
    *mine = whole;
    if (mode == COLUMNS) {
      bool given;
      *theirs = by_columns(a, t, &p, &given);
      *mine = without_counted(a, without_clocks(a, *mine));
      *theirs = without_counted(a, *theirs);
      if (given && !str_eq(*mine, *theirs)) return mode_names[mode];
      told_so_far.modes += count && given;
      continue;
    }
    *theirs = by_engine(a, t, &p, (enum mode)mode, &said);
    if (!str_eq(*mine, *theirs)) return mode_names[mode];
    *mine = without_clocks(a, *theirs);
    if (said.heard.p && !str_eq(said.heard, *mine)) return *theirs = said.heard, arena_cstr(a, arena_printf(a, "%s: what was reported does not add up", mode_names[mode]));
    if (!str_eq(decided, said.decided)) return *mine = decided, *theirs = said.decided, arena_cstr(a, arena_printf(a, "%s: the gates", mode_names[mode]));
    bool in_order = mode == IN_ORDER || mode == WALKED || mode == ODD_STEPS;
    if (in_order && !str_eq(early, said.early)) return *mine = early, *theirs = said.early, arena_cstr(a, arena_printf(a, "%s: the gates, half way", mode_names[mode]));
    told_so_far.modes += count;
  }
  if (count) {
    told_so_far.lines += result.consequence_count + result.clock_count;
    told_so_far.facts += t->log.count;
  }
  return NULL;
}

/* ---- making a failure small ---- */

static bool still_fails(const struct trial *t) {
  struct arena *a = arena_new((size_t)1 << 30);
  struct str mine, theirs;
  bool fails = disagreement(a, t, false, &mine, &theirs) != NULL;
  arena_free(a);
  return fails;
}

/* Switch off `n` of them from `from` on, those that are on; and back. */
static bool switch_facts(struct trial *t, size_t from, size_t n, bool on, bool *were) {
  bool any = false;
  for (size_t i = from; i < from + n && i < t->log.count; i++) {
    if (!on) were[i] = t->log.facts[i].on;
    if (were[i]) t->log.facts[i].on = on, any = true;
  }
  return any;
}

static bool switch_clauses(struct trial *t, size_t from, size_t n, bool on, bool *were) {
  bool any = false;
  for (size_t i = from; i < from + n && i < t->book.count; i++) {
    if (!on) were[i] = t->book.clauses[i].on;
    if (were[i]) t->book.clauses[i].on = on, any = true;
  }
  return any;
}

/* Drop ever smaller pieces while it still fails. */
static bool drop(struct trial *t, size_t count, bool (*turn)(struct trial *t, size_t from, size_t n, bool on, bool *were)) {
  static bool were[CLAUSES_MAX + FACTS_MAX];
  bool dropped = false;
  for (size_t piece = count ? count : 1; piece > 0; piece /= 2) {
    for (size_t from = 0; from < count; from += piece) {
      if (!turn(t, from, piece, false, were)) continue;
      if (still_fails(t)) dropped = true;
      else (void)turn(t, from, piece, true, were);
    }
  }
  return dropped;
}

void shrink(struct trial *t) {
  for (bool again = true; again;) {
    again = drop(t, t->log.count, switch_facts);
    again |= drop(t, t->book.count, switch_clauses);
    if (t->second) {
      t->second = false;
      if (still_fails(t)) again = true;
      else t->second = true;
    }
    if (t->calendar.holiday_count) {
      struct work_calendar had = t->calendar;
      t->calendar = (struct work_calendar){.from = 1, .to = 0};
      if (still_fails(t)) again = true;
      else t->calendar = had;
    }
  }
}

void show_failure(struct arena *a, const struct trial *t, const char *mode, struct str mine, struct str theirs) {
  say("seed %llu, %s\n\n", (unsigned long long)t->seed, mode);
  struct str text = book_text(a, &t->book, "1.0", false);
  say("%.*s", STR_ARG(text));
  if (t->planted) say("planted: the reference keeps silent about “%s”\n", t->planted);
  if (t->second) say("second version in force %.*s\n", STR_ARG(calendar_show_instant(a, t->second_at, ZONE)));
  say("例 设");
  for (size_t i = 0; i < t->log.count; i++) {
    if (t->log.facts[i].on) say(" %.*s;\n    ", STR_ARG(t->log.facts[i].text));
  }
  for (size_t i = 0; i < t->request_count; i++) say(" asked: %.*s\n", STR_ARG(fact_text(a, t->requests[i])));
  say(" %.*s 得 …\n\nreference:\n%.*s\nengine:\n%.*s\n", STR_ARG(calendar_show_instant(a, t->log.until, ZONE)), STR_ARG(mine), STR_ARG(theirs));
}

bool run_trial(struct arena *a, struct trial *t, bool loud) {
  struct str mine = {"", 0}, theirs;
  const char *mode = disagreement(a, t, true, &mine, &theirs);
  if (mode) {
    shrink(t);
    mode = disagreement(a, t, false, &mine, &theirs);
    show_failure(a, t, mode, mine, theirs);
  } else if (loud) {
    say("%.*s%.*s", STR_ARG(book_text(a, &t->book, "1.0", false)), STR_ARG(mine));
  }
  return mode == NULL;
}
