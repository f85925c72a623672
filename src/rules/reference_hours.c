/* The reference's named hours (只计 服务时间): is the desk open at an instant, and where does it open or close next. Hours belong to
 * the day they start on; a rest of that day, also past its midnight, is not open; marked 工作日 they are open on working days only. */
#include "rules/reference_parts.h"

#include <stdlib.h>
#include <string.h>

enum { HOURS_DAYS = 4000, HOURS_EDGES = 64 };

static bool failed(struct ref_env *env) {
  env->failed = true;
  return false;
}

i64 ref_clock_time(const struct lang_program *program, const struct lang_clock *c, i64 date) {
  const struct lang_figure *f = c->figure.text.n ? lang_find_figure(program, c->figure.text) : NULL;
  const struct lang_expr *x = f ? lang_figure_on(f, date) : NULL;
  if (c->figure.text.n == 0) return c->time_ms;
  return x && x->kind == LX_LITERAL && x->value.type == V_TIME ? x->value.i : 0;
}

bool ref_hours_named(struct ref_env *env, struct str name, struct ref_hours *out) {
  const struct lang_shift *s = lang_find_shift(env->program, name);
  const struct lang_header *h = env->program->header;
  *out = (struct ref_hours){0};
  if (s) *out = (struct ref_hours){s->hours, s->rests, s->hours_count, s->rest_count, s->working_days};
  else if (h && (str_is(name, "服务时间") || str_is(name, "service_hours"))) *out = (struct ref_hours){h->service_hours, NULL, h->service_count, 0, h->service_working_days};
  return out->count > 0 || failed(env);
}

bool ref_rule_hours(struct ref_env *env, struct ref_hours *out) {
  const struct ref_rule *rule = env->rule;
  struct str only = {"", 0};
  if (rule && rule->type == RR_MUST) only = rule->item->must->due.options.only.text;
  if (rule && rule->type == RR_EACH) only = rule->item->each->due.options.only.text; /* its deadline is as written, its steps count inside */
  return only.n && ref_hours_named(env, only, out);
}

static void stretch(struct ref_env *env, const struct lang_hours *h, i64 date, i64 *from, i64 *to) {
  *from = instant_at(date, ref_clock_time(env->program, &h->from, date), env->r->zone);
  *to = instant_at(date, ref_clock_time(env->program, &h->to, date), env->r->zone);
  if (h->next_day || *to <= *from) *to += MS_DAY;
}

/* Open at the instant, by the hours of that date? */
static bool open_at(struct ref_env *env, const struct ref_hours *h, i64 date, i64 at) {
  bool open = false;
  i64 from, to;
  for (size_t i = 0; i < h->count; i++) {
    stretch(env, &h->hours[i], date, &from, &to);
    open |= from <= at && at < to;
  }
  for (size_t i = 0; i < h->rest_count; i++) {
    stretch(env, &h->rests[i], date, &from, &to);
    if ((from <= at && at < to) || (from + MS_DAY <= at && at < to + MS_DAY)) open = false;
  }
  return open;
}

static int by_time(const void *a, const void *b) { return *(const i64 *)a < *(const i64 *)b ? -1 : *(const i64 *)a > *(const i64 *)b; }

/* Every instant at which the hours of that date may open or close, in order. */
static size_t edges(struct ref_env *env, const struct ref_hours *h, i64 date, i64 *out) {
  size_t n = 0;
  for (size_t i = 0; i < h->count && n + 2 <= HOURS_EDGES; i++, n += 2) stretch(env, &h->hours[i], date, &out[n], &out[n + 1]);
  for (size_t i = 0; i < h->rest_count && n + 4 <= HOURS_EDGES; i++, n += 4) {
    stretch(env, &h->rests[i], date, &out[n], &out[n + 1]);
    out[n + 2] = out[n] + MS_DAY;
    out[n + 3] = out[n + 1] + MS_DAY;
  }
  qsort(out, n, sizeof *out, by_time);
  return n;
}

static bool is_open_day(struct ref_env *env, const struct ref_hours *h, i64 date, bool *open) {
  struct work_calendar days = ref_working_days(env->r);
  struct problem p = {0};
  *open = true;
  return !h->working_days || work_calendar_is_workday(&days, date, open, &p) == OK || failed(env);
}

/* The first instant at which `span` of open time has passed since `at`. */
bool ref_hours_add(struct ref_env *env, const struct ref_hours *h, i64 at, i64 span, i64 *out) {
  i64 first = instant_date(at, env->r->zone) - 1, seen = at;
  for (i64 date = first; date < first + HOURS_DAYS; date++) {
    i64 edge[HOURS_EDGES];
    bool open;
    if (!is_open_day(env, h, date, &open)) return false;
    size_t n = open ? edges(env, h, date, edge) : 0;
    for (size_t i = 0; i + 1 < n; i++) {
      i64 from = edge[i] > seen ? edge[i] : seen;
      if (from >= edge[i + 1] || !open_at(env, h, date, edge[i])) continue;
      if (span <= edge[i + 1] - from) return *out = from + span, true;
      span -= edge[i + 1] - from;
      seen = edge[i + 1];
    }
  }
  return failed(env);
}

/* How much open time lies between. */
i64 ref_hours_between(struct ref_env *env, const struct ref_hours *h, i64 from, i64 to) {
  i64 total = 0, seen = from;
  for (i64 date = instant_date(from, env->r->zone) - 1; date <= instant_date(to, env->r->zone); date++) {
    i64 edge[HOURS_EDGES];
    bool open;
    if (!is_open_day(env, h, date, &open)) return total;
    size_t n = open ? edges(env, h, date, edge) : 0;
    for (size_t i = 0; i + 1 < n; i++) {
      i64 a = edge[i] > seen ? edge[i] : seen, b = edge[i + 1] < to ? edge[i + 1] : to;
      if (a >= b || !open_at(env, h, date, edge[i])) continue;
      total += b - a;
      seen = b;
    }
  }
  return total;
}

/* When business ends on that date, or on the next that has any. */
bool ref_hours_end(struct ref_env *env, const struct ref_hours *h, i64 date, i64 *out) {
  for (i64 last = date + HOURS_DAYS; date < last; date++) {
    i64 edge[HOURS_EDGES];
    bool open, any = false;
    if (!is_open_day(env, h, date, &open)) return false;
    size_t n = open ? edges(env, h, date, edge) : 0;
    for (size_t i = 0; i + 1 < n; i++) {
      if (edge[i] == edge[i + 1] || !open_at(env, h, date, edge[i])) continue;
      *out = edge[i + 1];
      any = true;
    }
    if (any) return true;
  }
  return failed(env);
}
