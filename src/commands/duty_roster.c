/* The checks of 排班: a day off in each week, days in a row, heads per shift, published ahead, shifts for some roles only. They look fourteen days
 * beyond the draft on both sides, because a run of working days does not stop at the edge of the page. */
#include "commands/duty_roster.h"

#include "base/calendar.h"
#include "views/duty.h"
#include "views/party.h"

enum day_state { DAY_UNKNOWN, DAY_WORK, DAY_OFF };

struct judge {
  struct command_ctx *c;
  const struct roster_draft *draft;
  const struct lang_item *item;
  const struct lang_roster_part *part;
  struct party_desk desk;
  i64 first;          /* date of column 0 */
  size_t columns;
  unsigned char *days; /* people × columns */
  struct str *shifts;  /* people × columns: name of the working shift */
  json_t *problems;
};

static struct str clause_of(const struct judge *j) { return j->item->clause ? j->item->clause->id : STR(""); }

static void complain(struct judge *j, const struct party_person *who, i64 from, i64 to, struct str zh, struct str en) {
  if (json_array_size(j->problems) >= ROSTER_PROBLEMS_MOST) return;
  json_t *o = json_object(), *days = json_array();
  for (i64 d = from; d <= to; d++) json_array_append_new(days, show_date(j->c->arena, d));
  json_object_set_new(o, "person", who ? show_text(who->id) : json_null());
  json_object_set_new(o, "name", who ? show_text(who->name) : json_null());
  json_object_set_new(o, "days", days);
  show_put_text(o, "zh", zh);
  show_put_text(o, "en", en);
  json_object_set_new(o, "clause", show_clause(j->c->program, clause_of(j)));
  json_array_append_new(j->problems, o);
}

static struct str day(const struct judge *j, i64 date) {
  struct civil c = civil_from_date(date);
  return arena_printf(j->c->arena, "%d月%d日", c.month, c.day);
}

static bool applies_to(const struct lang_roster *roster, struct str role) {
  for (size_t i = 0; i < roster->roles.count; i++)
    if (str_eq(roster->roles.p[i].text, role)) return true;
  return false;
}

static i64 bound(const struct judge *j, const struct lang_expr *e, i64 fallback) {
  if (!e) return fallback;
  if (e->kind == LX_LITERAL) return e->value.i;
  if (e->kind != LX_PATH) return fallback;
  const struct lang_figure *f = lang_find_figure(j->c->program, e->path.text);
  const struct lang_expr *v = f ? lang_figure_on(f, j->draft->from) : NULL;
  return v && v->kind == LX_LITERAL ? v->value.i : fallback;
}

static void check_in_a_row(struct judge *j, size_t person) {
  i64 most = bound(j, j->part->range.upper, INT64_MAX);
  if (j->part->range.upper && !j->part->range.upper_included) most--;
  const unsigned char *days = j->days + person * j->columns;
  for (size_t at = 0; at < j->columns;) {
    if (days[at] != DAY_WORK) {
      at++;
      continue;
    }
    size_t end = at;
    while (end < j->columns && days[end] == DAY_WORK) end++;
    i64 run = (i64)(end - at), from = j->first + (i64)at, to = j->first + (i64)end - 1;
    if (run > most && to >= j->draft->from && from <= j->draft->to) {
      const struct party_person *who = &j->desk.people[person];
      complain(j, who, from, to,
               arena_printf(j->c->arena, "%.*s %.*s至%.*s连上 %lld 天，最多 %lld 天", STR_ARG(who->name), STR_ARG(day(j, from)), STR_ARG(day(j, to)), (long long)run, (long long)most),
               arena_printf(j->c->arena, "%.*s works %lld days in a row from %.*s; at most %lld", STR_ARG(who->name), (long long)run, STR_ARG(calendar_show_date(j->c->arena, from)), (long long)most));
    }
    at = end;
  }
}

/* A week with fewer known days than seven can still hold its day off, so only the days known to be worked count. */
static void check_week_rest(struct judge *j, size_t person) {
  bool weekly = false;
  for (size_t i = 0; i < j->part->recurs.count; i++) weekly |= j->part->recurs.p[i].kind == LANG_EVERY_PERIOD && j->part->recurs.p[i].period == LANG_WEEK;
  if (!weekly) return;
  i64 rest = bound(j, j->part->quantity, 1);
  for (i64 monday = week_start(j->draft->from); monday <= j->draft->to; monday += 7) {
    i64 worked = 0;
    for (i64 d = monday; d < monday + 7; d++)
      if (d >= j->first && d < j->first + (i64)j->columns && j->days[person * j->columns + (size_t)(d - j->first)] == DAY_WORK) worked++;
    if (worked <= 7 - rest) continue;
    const struct party_person *who = &j->desk.people[person];
    complain(j, who, monday, monday + 6,
             arena_printf(j->c->arena, "%.*s %.*s这一周排了 %lld 天，要休 %lld 天", STR_ARG(who->name), STR_ARG(day(j, monday)), (long long)worked, (long long)rest),
             arena_printf(j->c->arena, "%.*s works %lld days in the week of %.*s and must have %lld off", STR_ARG(who->name), (long long)worked, STR_ARG(calendar_show_date(j->c->arena, monday)), (long long)rest));
  }
}

static void check_heads(struct judge *j, bool least) {
  i64 limit = bound(j, least ? j->part->range.lower : j->part->range.upper, least ? 0 : INT64_MAX);
  for (size_t n = 0; n < j->part->names.count; n++)
    for (i64 d = j->draft->from; d <= j->draft->to; d++) {
      i64 heads = 0;
      size_t column = (size_t)(d - j->first);
      for (size_t p = 0; p < j->desk.count; p++)
        if (applies_to(j->item->roster, j->desk.people[p].role) && str_eq(j->shifts[p * j->columns + column], j->part->names.p[n].text)) heads++;
      if (least ? heads >= limit : heads <= limit) continue;
      struct str name = j->part->names.p[n].text;
      complain(j, NULL, d, d,
               arena_printf(j->c->arena, "%.*s的%.*s有 %lld 人，%s %lld 人", STR_ARG(day(j, d)), STR_ARG(name), (long long)heads, least ? "至少" : "最多", (long long)limit),
               arena_printf(j->c->arena, "%.*s has %lld people on %.*s; %s %lld", STR_ARG(name), (long long)heads, STR_ARG(calendar_show_date(j->c->arena, d)), least ? "at least" : "at most", (long long)limit));
    }
}

static void check_ahead(struct judge *j) {
  i64 ahead = bound(j, j->part->range.lower, 0), today = instant_date(j->c->now_ms, j->c->zone_offset_ms);
  if (j->draft->from - today < ahead)
    complain(j, NULL, j->draft->from, j->draft->from,
             arena_printf(j->c->arena, "班表要提前 %lld 天公布，%.*s已来不及", (long long)ahead, STR_ARG(day(j, j->draft->from))),
             arena_printf(j->c->arena, "A roster is published %lld days ahead; %.*s is too soon", (long long)ahead, STR_ARG(calendar_show_date(j->c->arena, j->draft->from))));
}

/* 适用: a shift is only for those roles. */
static void check_shift_is_for(struct judge *j, const struct lang_shift *shift) {
  struct str roles = shift->applies.p[0].text;
  for (size_t i = 1; i < shift->applies.count; i++) roles = arena_printf(j->c->arena, "%.*s、%.*s", STR_ARG(roles), STR_ARG(shift->applies.p[i].text));
  for (size_t p = 0; p < j->desk.count; p++) {
    const struct party_person *who = &j->desk.people[p];
    bool is_for = false;
    for (size_t i = 0; i < shift->applies.count; i++) is_for |= str_eq(shift->applies.p[i].text, who->role);
    for (i64 d = j->draft->from; !is_for && d <= j->draft->to; d++) {
      if (!str_eq(j->shifts[p * j->columns + (size_t)(d - j->first)], shift->name.text)) continue;
      complain(j, who, d, d,
               arena_printf(j->c->arena, "%.*s %.*s排了%.*s，这个班适用于%.*s", STR_ARG(who->name), STR_ARG(day(j, d)), STR_ARG(shift->name.text), STR_ARG(roles)),
               arena_printf(j->c->arena, "%.*s is on %.*s on %.*s; it applies to %.*s", STR_ARG(who->name), STR_ARG(shift->name.text), STR_ARG(calendar_show_date(j->c->arena, d)), STR_ARG(roles)));
    }
  }
}

static void judge_item(struct judge *j) {
  for (size_t k = 0; k < j->item->roster->part_count; k++) {
    j->part = &j->item->roster->parts[k];
    if (j->part->kind == LANG_ROSTER_AT_LEAST || j->part->kind == LANG_ROSTER_AT_MOST) check_heads(j, j->part->kind == LANG_ROSTER_AT_LEAST);
    if (j->part->kind == LANG_ROSTER_AHEAD) check_ahead(j);
    for (size_t p = 0; p < j->desk.count; p++) {
      if (!applies_to(j->item->roster, j->desk.people[p].role)) continue;
      if (j->part->kind == LANG_ROSTER_IN_A_ROW) check_in_a_row(j, p);
      if (j->part->kind == LANG_ROSTER_REST) check_week_rest(j, p);
    }
  }
}

static size_t person_index(const struct judge *j, struct str id) {
  for (size_t i = 0; i < j->desk.count; i++)
    if (str_eq(j->desk.people[i].id, id)) return i;
  return SIZE_MAX;
}

static enum status load_days(struct judge *j) {
  struct shift_range_row *rows = NULL;
  size_t count = 0;
  struct shift_range_in in = {.from_date = j->first, .to_date = j->first + (i64)j->columns - 1};
  enum status status = shift_range(j->c->store, j->c->arena, &in, &rows, &count, j->c->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    size_t p = person_index(j, rows[i].person);
    if (p == SIZE_MAX) continue;
    size_t at = p * j->columns + (size_t)(rows[i].date - j->first);
    bool works = rows[i].end_ms > rows[i].start_ms;
    j->days[at] = works ? DAY_WORK : DAY_OFF;
    j->shifts[at] = works ? rows[i].name : STR("");
  }
  for (size_t i = 0; i < j->draft->count; i++) {
    size_t p = person_index(j, j->draft->cells[i].person);
    if (p == SIZE_MAX) continue;
    size_t at = p * j->columns + (size_t)(j->draft->cells[i].date - j->first);
    j->days[at] = j->draft->cells[i].works ? DAY_WORK : DAY_OFF;
    j->shifts[at] = j->draft->cells[i].works ? j->draft->cells[i].shift : STR("");
  }
  return status;
}

enum status roster_judge(struct command_ctx *c, const struct roster_draft *draft, json_t **problems) {
  struct judge j = {.c = c, .draft = draft, .first = draft->from - ROSTER_CONTEXT_DAYS, .columns = (size_t)(draft->to - draft->from + 1 + 2 * ROSTER_CONTEXT_DAYS)};
  enum status status = party_load(c->store, c->arena, c->program, &j.desk, c->problem);
  if (status != OK) return status;
  j.days = ARENA_ARRAY(c->arena, unsigned char, j.desk.count * j.columns + 1);
  j.shifts = ARENA_ARRAY(c->arena, struct str, j.desk.count * j.columns + 1);
  if ((status = load_days(&j)) != OK) return status;
  j.problems = json_array();
  for (size_t i = 0; c->program && i < c->program->item_count; i++) {
    j.item = c->program->items[i];
    if (j.item->kind == LI_ROSTER) judge_item(&j);
    if (j.item->kind == LI_SHIFT && j.item->shift->applies.count) check_shift_is_for(&j, j.item->shift);
  }
  *problems = j.problems;
  return OK;
}
