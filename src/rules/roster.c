/* Limits of a roster (排班): who may publish it, rest days, days in a row. Judged on the shifts assigned for its dates. */
#include "rules/parts.h"

#include <string.h>

/* 1: works that day, 0: no assignment or rest. */
static bool works(struct engine *e, sym person, i64 date) {
  u32 p = object_find(e, N_PERSON, person);
  if (p == NONE) return false;
  for (u32 s = e->s.objects.p[p].shifts; s; s = e->s.shifts.p[s - 1].next) {
    const struct shift *shift = &e->s.shifts.p[s - 1];
    if (!shift->gone && shift->date == date) return true;
  }
  return false;
}

static bool too_long(struct engine *e, sym person, i64 from, i64 to, i64 most, i64 *days) {
  i64 row = 0;
  for (i64 d = from - most; d <= to; d++) {
    row = works(e, person, d) ? row + 1 : 0;
    if (row > most && d >= from) {
      *days = row;
      return true;
    }
  }
  return false;
}

/* 公休: is somebody put on a shift of a day of the week that is off? */
static bool on_day_off(struct engine *e, sym person, i64 from, i64 to, unsigned weekdays, i64 *date) {
  for (*date = from; *date <= to; ++*date) {
    if (weekdays & 1u << weekday(*date) && works(e, person, *date)) return true;
  }
  return false;
}

/* A period is judged when the roster holds all of it: a month that begins next week is judged with the next roster. */
static bool too_little_rest(struct engine *e, const struct version *v, sym person, i64 from, i64 to, enum lang_period period, i64 wanted, i64 *first) {
  for (i64 date = from, next; date <= to; date = next) {
    i64 start;
    period_bounds(e, v, period, date, &start, &next);
    if (start < from || next - 1 > to) continue;
    i64 rest = 0, work = 0;
    for (i64 d = start; d < next; d++) {
      if (works(e, person, d)) work++;
      else rest++;
    }
    if (work && rest < wanted) {
      *first = start;
      return true;
    }
  }
  return false;
}

static i64 upper_of(struct env *env, const struct lang_range *r) {
  struct value v;
  if (r->upper == NULL || !eval(env, r->upper, &v)) return 366;
  return v.i - (r->upper_included ? 0 : 1);
}

/* The days a roster that is being published is about. */
static void published_days(struct engine *e, u32 ref, i64 *first, i64 *last) {
  struct value from = fact_named(e, ref, intern_sym(&e->names, STR("自"))), to = fact_named(e, ref, intern_sym(&e->names, STR("至")));
  *first = *last = instant_date(fact_of(e, ref)->at, e->zone);
  if (from.type == V_DATE && to.type == V_DATE) {
    *first = from.i;
    *last = to.i;
    return;
  }
  for (u32 i = 0; i < e->s.shifts.n; i++) { /* not said: all that is assigned from the day of publication on */
    if (e->s.shifts.p[i].date > *last) *last = e->s.shifts.p[i].date;
  }
}

/* 适用: is the shift for somebody of this role? */
static bool shift_is_for(struct engine *e, const struct lang_shift *shift, sym person) {
  for (size_t i = 0; i < shift->applies.count; i++) {
    sym people[PARTY_ROOM];
    u32 n = people_of_role(e, intern_sym(&e->names, shift->applies.p[i].text), people, PARTY_ROOM);
    for (u32 k = 0; k < n; k++) {
      if (people[k] == person) return true;
    }
  }
  return shift->applies.count == 0;
}

bool shift_refuses(struct engine *e, const struct lang_item *item, u32 ref, struct str *zh, struct str *en) {
  const struct lang_shift *shift = item->shift;
  if (fact_of(e, ref)->kind != EVENT_roster_published) return false;
  i64 from, to;
  published_days(e, ref, &from, &to);
  for (u32 i = 0; i < e->s.shifts.n; i++) {
    const struct shift s = e->s.shifts.p[i];
    if (s.gone || s.date < from || s.date > to || !str_eq(intern_str(&e->names, s.name), shift->name.text) || shift_is_for(e, shift, s.person)) continue;
    struct str name = intern_str(&e->names, person_shown(e, s.person)), roles = shift->applies.p[0].text;
    for (size_t k = 1; k < shift->applies.count; k++) roles = arena_printf(e->scratch, "%.*s、%.*s", STR_ARG(roles), STR_ARG(shift->applies.p[k].text));
    *zh = arena_printf(e->scratch, "%.*s不能排%.*s：%.*s适用于%.*s", STR_ARG(name), STR_ARG(shift->name.text), STR_ARG(shift->name.text), STR_ARG(roles));
    *en = arena_printf(e->scratch, "%.*s cannot be put on %.*s: it applies to %.*s", STR_ARG(name), STR_ARG(shift->name.text), STR_ARG(roles));
    return true;
  }
  return false;
}

bool roster_refuses(struct engine *e, const struct version *v, const struct lang_item *item, u32 ref, i64 now, struct str *zh, struct str *en) {
  const struct fact f = *fact_of(e, ref);
  if (f.kind != EVENT_roster_published) return false;
  struct env env = env_new(e, v, NULL, now, ref);
  i64 from, to;
  published_days(e, ref, &from, &to);
  if (f.actor && item->roster->by.path.count) {
    sym who[PARTY_ROOM];
    u32 n = party_symbols(&env, &item->roster->by, who, PARTY_ROOM, NULL);
    bool allowed = false;
    for (u32 i = 0; i < n; i++) allowed |= who[i] == f.actor || str_starts(intern_str(&e->names, who[i]), STR("role:"));
    for (sym up = n ? who[0] : 0; up && !allowed; up = person_superior(e, v, up)) { /* whoever stands above may stand in */
      allowed = up == f.actor;
      if (up == person_superior(e, v, up)) break;
    }
    if (!allowed) {
      *zh = arena_printf(e->scratch, "排班由%.*s排", STR_ARG(item->roster->by.path.text));
      *en = arena_printf(e->scratch, "the roster is made by %.*s", STR_ARG(item->roster->by.path.text));
      return true;
    }
  }
  for (size_t role = 0; role < item->roster->roles.count; role++) {
    sym people[PARTY_ROOM];
    u32 n = people_of_role(e, intern_sym(&e->names, item->roster->roles.p[role].text), people, PARTY_ROOM);
    for (u32 i = 0; i < n; i++) {
      struct str name = intern_str(&e->names, person_shown(e, people[i]));
      for (size_t k = 0; k < item->roster->part_count; k++) {
        const struct lang_roster_part *part = &item->roster->parts[k];
        i64 found;
        if (part->kind == LANG_ROSTER_IN_A_ROW && too_long(e, people[i], from, to, upper_of(&env, &part->range), &found)) {
          *zh = arena_printf(e->scratch, "%.*s 连上 %lld 天，最多 %lld 天", STR_ARG(name), (long long)found, (long long)upper_of(&env, &part->range));
          *en = arena_printf(e->scratch, "%.*s works %lld days in a row; at most %lld", STR_ARG(name), (long long)found, (long long)upper_of(&env, &part->range));
          return true;
        }
        if (part->kind == LANG_ROSTER_DAYS_OFF && on_day_off(e, people[i], from, to, part->weekdays, &found)) {
          struct str day = calendar_show_date(e->scratch, found);
          *zh = arena_printf(e->scratch, "%.*s 是公休，给 %.*s 排了班", STR_ARG(day), STR_ARG(name));
          *en = arena_printf(e->scratch, "%.*s is a day off, and %.*s is put on a shift", STR_ARG(day), STR_ARG(name));
          return true;
        }
        struct value q;
        bool by_period = part->recurs.count && part->recurs.p[0].kind == LANG_EVERY_PERIOD;
        if (part->kind == LANG_ROSTER_REST && by_period && part->quantity && eval(&env, part->quantity, &q) &&
            too_little_rest(e, v, people[i], from, to, part->recurs.p[0].period, q.i, &found)) {
          struct str day = calendar_show_date(e->scratch, found);
          bool week = part->recurs.p[0].period == LANG_WEEK;
          *zh = arena_printf(e->scratch, "%.*s 在 %.*s 起的%s没有休满 %lld 天", STR_ARG(name), STR_ARG(day), week ? "一周" : "一期", (long long)q.i);
          *en = arena_printf(e->scratch, "%.*s in the %s of %.*s rests less than %lld day(s)", STR_ARG(name), week ? "week" : "period", STR_ARG(day), (long long)q.i);
          return true;
        }
      }
    }
  }
  return false;
}
