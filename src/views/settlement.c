/* From the ledger of a month to its pay sheet. Whole fen everywhere; the only division is the share of the limit, rounded down. */
#include "views/settlement.h"

#include "base/calendar.h"
#include "views/people.sql.h"

enum { SETTLE_PEOPLE_MOST = 20000 };

enum status settlement_compute(struct settlement_sums *s, const struct settlement_limit *limit, struct problem *p) {
  i64 by_share = 0;
  s->gross_fen = s->base_fen + s->pay_fen + s->reward_fen + s->adjust_gross_fen;
  i64 gross = s->gross_fen > 0 ? s->gross_fen : 0;
  enum status status = mul_div(gross, limit->share_num, limit->share_den ? limit->share_den : 1, ROUND_DOWN, &by_share);
  if (status != OK) return problem_set(p, status, "settle.overflow", "工资的数太大，算不了", "The amounts are too large to compute");
  i64 by_minimum = gross > limit->minimum_fen ? gross - limit->minimum_fen : 0;
  s->limit_fen = by_share < by_minimum ? by_share : by_minimum;
  s->deducted_fen = s->deduct_fen < s->limit_fen ? s->deduct_fen : s->limit_fen;
  s->not_deducted_fen = s->deduct_fen - s->deducted_fen;
  s->net_fen = s->gross_fen - s->deducted_fen + s->refund_fen;
  return OK;
}

void settlement_limit_at(struct engine *engine, const struct ledger_figures *figures, i64 date, struct settlement_limit *out) {
  struct wage_limit book = {0};
  *out = (struct settlement_limit){.share_num = figures->deduct_percent, .share_den = 100, .minimum_fen = figures->minimum_wage_fen};
  if (!engine || !engine_wage_limit(engine, date, figures->minimum_wage_fen, &book)) return;
  if (book.share_den > 0) {
    out->share_num = book.share_num;
    out->share_den = book.share_den;
  }
  out->minimum_fen = book.minimum_fen > figures->minimum_wage_fen ? book.minimum_fen : figures->minimum_wage_fen;
  out->carry_over = book.carry_over;
  out->clause = book.clause;
}

/* ---- gathering -------------------------------------------------------------------------------------------------------- */

struct item {
  struct str id, clause, text_zh, text_en, label, label_en; /* label_en: of labels that are the desk's own, else "" */
  i64 fen, collected;
  i64 accounts; /* what a seal accounts for: more than `fen` where the part taken back had never been deducted */
  bool takes, adjustment;
};
struct row {
  struct people_all_row *person;
  struct settlement_sums sums;
  struct item *items;
  size_t count, room;
};
struct sheet {
  struct read_ctx *r;
  const struct show_month *month;
  struct ledger_figures figures;
  struct settlement_limit limit;
  struct map rows; /* person id -> struct row * */
  struct row **order;
  size_t row_count;
  json_t *unconfirmed, *adjustments;
  i64 appeals, ranges;
  bool sealed, over, first_open;
  struct str only; /* one person's preview need not settle everybody */
};

static void add_item(struct sheet *s, struct row *row, struct item item) {
  if (!item.adjustment) item.accounts = item.fen;
  row->items = arena_grow(s->r->arena, row->items, &row->room, row->count + 1, sizeof *row->items);
  row->items[row->count++] = item;
}

static enum status load_people(struct sheet *s) {
  struct people_all_row *people = NULL;
  size_t count = 0;
  struct people_all_in in = {.state = STR(""), .after = STR(""), .most = SETTLE_PEOPLE_MOST};
  enum status status = people_all(s->r->store, s->r->arena, &in, &people, &count, s->r->problem);
  if (status != OK) return status;
  map_init(&s->rows, s->r->arena);
  s->order = ARENA_ARRAY(s->r->arena, struct row *, count + 1);
  for (size_t i = 0; i < count; i++) {
    if (s->only.n && !str_eq(s->only, people[i].id)) continue;
    if (people[i].joined_ms >= s->month->to_ms || (people[i].has_left_ms && people[i].left_ms < s->month->from_ms)) continue;
    struct row *row = ARENA_NEW(s->r->arena, struct row);
    row->person = &people[i];
    row->sums.base_fen = people[i].has_base_wage_fen ? people[i].base_wage_fen : 0;
    map_set_ptr(&s->rows, people[i].id, row);
    s->order[s->row_count++] = row;
  }
  return OK;
}

static bool waits(struct str seal) { return str_is(seal, "proposed") || str_is(seal, "open") || str_is(seal, "appealed"); }

static struct str label_of(struct sheet *s, const struct consequence_month_row *c) {
  if (str_is(c->type, "pay")) return c->item;
  const struct lang_clause *clause = s->r->program ? lang_find_clause(s->r->program, c->clause) : NULL;
  return clause ? clause->title : c->clause;
}

static void take_row(struct sheet *s, const struct show_people *people, const struct consequence_month_row *c) {
  struct row *row = map_ptr(&s->rows, c->subject);
  bool pay = str_is(c->type, "pay");
  if (!ledger_is_money(c->type) || str_is(c->seal, "withdrawn") || str_is(c->seal, "waived")) return;
  if (!pay && waits(c->seal)) {
    s->appeals += str_is(c->seal, "appealed");
    s->ranges += str_is(c->seal, "open");
    json_array_append_new(s->unconfirmed, ledger_slip_json(s->r->arena, s->r->program, people, (const struct consequence_get_row *)(const void *)c, s->figures.appeal_days));
    return;
  }
  if (!row) return;
  bool takes = ledger_takes_away(c->type);
  add_item(s, row, (struct item){.id = c->id, .clause = c->clause, .text_zh = c->text_zh, .text_en = c->text_en, .label = label_of(s, c), .fen = c->fen, .takes = takes});
  if (pay) row->sums.pay_fen += c->fen;
  else if (takes) row->sums.deduct_fen += c->fen;
  else row->sums.reward_fen += c->fen;
}
_Static_assert(sizeof(struct consequence_month_row) == sizeof(struct consequence_get_row), "consequence queries share their columns");

static enum status load_consequences(struct sheet *s) {
  struct consequence_month_row *rows = NULL;
  size_t count = 0;
  struct show_people people;
  struct consequence_month_in in = {.subject = s->only, .from_ms = s->month->from_ms, .to_ms = s->month->to_ms};
  enum status status = show_people_load(s->r->store, s->r->arena, &people, s->r->problem);
  if (status == OK) status = consequence_month(s->r->store, s->r->arena, &in, &rows, &count, s->r->problem);
  for (size_t i = 0; status == OK && i < count; i++) take_row(s, &people, &rows[i]);
  return status;
}

static struct str month_name(struct sheet *s, i64 at_ms) {
  struct civil c = civil_from_date(instant_date(at_ms, s->r->zone_offset_ms));
  return arena_printf(s->r->arena, "%04d-%02d", c.year, c.month);
}

struct words {
  struct str zh, en;
};

static struct words difference_reason(const struct sheet *s, const struct sealed_difference_row *d) {
  if (str_is(d->seal, "withdrawn")) return (struct words){STR("事实更正或申诉成立"), STR("A fact corrected, or an appeal upheld")};
  if (str_is(d->seal, "appealed")) return (struct words){STR("申诉还没有裁定"), STR("An appeal is not ruled on")};
  bool confirmed = str_is(d->seal, "confirmed");
  if (confirmed && s->limit.carry_over && d->seals > 0 && d->now_fen > d->accounted_fen) return (struct words){STR("以前没有扣足，结转到这个月"), STR("Not deducted in full before, carried over to this month")};
  if (confirmed || str_is(d->seal, "waived")) return (struct words){STR("封月后才表态"), STR("Judged after the month was sealed")};
  return (struct words){STR("封月后有迟到的事实"), STR("A fact came after the month was sealed")};
}

/* What a difference moves. A deduction comes back only as far as it was really deducted: what the limit left out was never taken. */
static i64 difference_fen(const struct sealed_difference_row *d) {
  i64 delta = d->now_fen - d->accounted_fen;
  if (delta >= 0 || !ledger_takes_away(d->type)) return delta;
  return d->collected_fen > d->now_fen ? d->now_fen - d->collected_fen : 0;
}

static void adjustment_json(struct sheet *s, const struct show_people *people, const struct sealed_difference_row *d) {
  json_t *o = json_object();
  show_put_text(o, "id", d->id);
  show_put_text(o, "person", d->subject);
  show_put_text(o, "person_name", show_name(people, d->subject));
  show_put_text(o, "month", month_name(s, d->booked_ms));
  show_put_text(o, "type", d->type);
  show_put_text(o, "text", d->text_zh);
  json_object_set_new(o, "clause", show_clause(s->r->program, d->clause));
  show_put_int(o, "accounted_fen", d->accounted_fen);
  show_put_int(o, "now_fen", d->now_fen);
  show_put_int(o, "fen", difference_fen(d));
  struct words reason = difference_reason(s, d);
  show_put_text(o, "reason", reason.zh);
  show_put_text(o, "reason_en", reason.en);
  json_array_append_new(s->adjustments, o);
}

/* Differences of sealed months post in the first month that is not sealed yet, once. */
static enum status load_differences(struct sheet *s) {
  struct sealed_difference_row *rows = NULL;
  size_t count = 0;
  struct show_people people;
  struct sealed_difference_in in = {.before_ms = s->month->from_ms};
  if (!s->first_open) return OK;
  enum status status = show_people_load(s->r->store, s->r->arena, &people, s->r->problem);
  if (status == OK) status = sealed_difference(s->r->store, s->r->arena, &in, &rows, &count, s->r->problem);
  for (size_t i = 0; status == OK && i < count; i++) {
    struct row *row = map_ptr(&s->rows, rows[i].subject);
    i64 delta = difference_fen(&rows[i]);
    if (s->only.n && !row) continue;
    adjustment_json(s, &people, &rows[i]);
    if (!row) continue;
    bool takes = ledger_takes_away(rows[i].type);
    struct str of = month_name(s, rows[i].booked_ms), label = arena_printf(s->r->arena, "补差 %.*s", STR_ARG(of)), label_en = arena_printf(s->r->arena, "Difference of %.*s", STR_ARG(of));
    add_item(s, row, (struct item){.id = rows[i].id, .clause = rows[i].clause, .text_zh = rows[i].text_zh, .text_en = rows[i].text_en, .label = label, .label_en = label_en, .fen = delta, .accounts = rows[i].now_fen - rows[i].accounted_fen, .takes = takes, .adjustment = true});
    if (!takes) row->sums.adjust_gross_fen += delta;
    else if (delta > 0) row->sums.deduct_fen += delta;
    else row->sums.refund_fen += -delta;
  }
  return status;
}

struct preview_ctx {
  struct sheet *s;
};
static void take_preview(void *ctx, const struct consequence *c) {
  struct sheet *s = ((struct preview_ctx *)ctx)->s;
  struct row *row = map_ptr(&s->rows, c->subject);
  if (!row || c->type != C_PAY) return;
  for (size_t i = 0; i < row->count; i++)
    if (str_eq(row->items[i].id, c->id)) return;
  struct arena *a = s->r->arena;
  add_item(s, row, (struct item){.id = arena_dup(a, c->id), .clause = arena_dup(a, c->clause), .text_zh = arena_dup(a, c->text_zh), .text_en = arena_dup(a, c->text_en),
                                 .label = arena_dup(a, c->item), .fen = c->fen});
  row->sums.pay_fen += c->fen;
}

static enum status load_seals(struct sheet *s) {
  struct month_sealed_all_row *rows = NULL;
  size_t count = 0;
  enum status status = month_sealed_all(s->r->store, s->r->arena, &rows, &count, s->r->problem);
  bool later = false;
  for (size_t i = 0; status == OK && i < count; i++) {
    s->sealed |= str_eq(rows[i].month, s->month->name);
    later |= str_compare(rows[i].month, s->month->name) > 0;
  }
  s->over = s->r->now_ms >= s->month->to_ms;
  struct str last = count ? rows[count - 1].month : STR("");
  i64 next = 0;
  s->first_open = !s->sealed && !later && (!last.n || (date_parse(arena_printf(s->r->arena, "%.*s-01", STR_ARG(last)), &next) && date_add_months(next, 1) == s->month->first));
  return status;
}

static enum status gather(struct read_ctx *r, const struct show_month *month, struct str only, struct sheet *s) {
  enum status status = OK;
  *s = (struct sheet){.r = r, .month = month, .only = only, .unconfirmed = json_array(), .adjustments = json_array()};
  TRY(ledger_figures(r->store, r->arena, &s->figures, r->problem));
  settlement_limit_at(r->engine, &s->figures, date_add_months(month->first, 1) - 1, &s->limit);
  TRY(load_seals(s));
  TRY(load_people(s));
  TRY(load_consequences(s));
  TRY(load_differences(s));
  struct preview_ctx ctx = {s};
  if (r->engine && !s->over && r->now_ms >= month->from_ms) engine_preview(r->engine, month->first, r->now_ms, take_preview, &ctx);
  for (size_t i = 0; i < s->row_count; i++) TRY(settlement_compute(&s->order[i]->sums, &s->limit, r->problem));
done:
  return status;
}

/* ---- JSON -------------------------------------------------------------------------------------------------------------- */

/* What is deducted is taken from the earliest items first; the rest of them stays not collected. */
static void collect(struct row *row) {
  i64 left = row->sums.deducted_fen;
  for (size_t i = 0; i < row->count; i++) {
    struct item *it = &row->items[i];
    if (!it->takes || it->fen <= 0) {
      it->collected = it->fen;
      continue;
    }
    it->collected = it->fen < left ? it->fen : left;
    left -= it->collected;
  }
}

static json_t *line(const char *kind, struct words label, i64 fen) {
  json_t *o = json_object();
  json_object_set_new(o, "kind", json_string(kind));
  show_put_text(o, "label", label.zh);
  if (label.en.n) show_put_text(o, "label_en", label.en);
  show_put_int(o, "fen", fen);
  return o;
}

static json_t *item_line(struct sheet *s, const struct item *item) {
  json_t *o = line(item->adjustment ? "adjust" : item->takes ? "fine" : "gain", (struct words){item->label, item->label_en}, item->takes ? -item->fen : item->fen);
  show_put_text(o, "id", item->id);
  show_put_text(o, "text", item->text_zh);
  show_put_text(o, "text_en", item->text_en);
  json_object_set_new(o, "clause", show_clause(s->r->program, item->clause));
  return o;
}

static json_t *row_lines(struct sheet *s, const struct row *row) {
  json_t *lines = json_array();
  if (row->sums.base_fen) json_array_append_new(lines, line("base", (struct words){STR("底薪"), STR("Base pay")}, row->sums.base_fen));
  for (size_t i = 0; i < row->count; i++) json_array_append_new(lines, item_line(s, &row->items[i]));
  if (row->sums.not_deducted_fen) json_array_append_new(lines, line("limit", (struct words){STR("未扣：法定上限"), STR("Not deducted: legal limit")}, row->sums.not_deducted_fen));
  return lines;
}

static json_t *row_json(struct sheet *s, struct row *row) {
  json_t *o = json_object();
  show_put_text(o, "person", row->person->id);
  show_put_text(o, "name", row->person->name);
  show_put_text(o, "job_number", row->person->job_number);
  show_put_text(o, "role", row->person->role);
  show_put_int(o, "base_fen", row->sums.base_fen);
  show_put_int(o, "pay_fen", row->sums.pay_fen);
  show_put_int(o, "reward_fen", row->sums.reward_fen);
  show_put_int(o, "fine_fen", row->sums.deduct_fen);
  show_put_int(o, "adjust_fen", row->sums.adjust_gross_fen + row->sums.refund_fen);
  show_put_int(o, "gross_fen", row->sums.gross_fen);
  show_put_int(o, "limit_fen", row->sums.limit_fen);
  show_put_int(o, "deducted_fen", row->sums.deducted_fen);
  show_put_int(o, "not_deducted_fen", row->sums.not_deducted_fen);
  show_put_int(o, "net_fen", row->sums.net_fen);
  json_object_set_new(o, "lines", row_lines(s, row));
  return o;
}

static void check(json_t *checks, const char *key, const char *state, struct str zh, struct str en) {
  json_t *o = json_object();
  json_object_set_new(o, "key", json_string(key));
  json_object_set_new(o, "state", json_string(state));
  show_put_text(o, "text", zh);
  show_put_text(o, "text_en", en);
  json_array_append_new(checks, o);
}

static json_t *checks_json(struct sheet *s) {
  json_t *checks = json_array();
  struct arena *a = s->r->arena;
  size_t open = json_array_size(s->unconfirmed), moved = json_array_size(s->adjustments);
  check(checks, "month_over", s->over ? "ok" : "block", s->over ? STR("这个月已经过完") : STR("这个月还没有过完，不能封月"), s->over ? STR("The month is over") : STR("The month is not over and cannot be sealed"));
  check(checks, "unconfirmed", open ? "warn" : "ok", open ? arena_printf(a, "还有 %zu 条没有确认：不进这个月，确认后补在下个月", open) : STR("没有待确认的账条"),
        open ? arena_printf(a, "%zu items are not confirmed: they stay out and post in the next month", open) : STR("Nothing waits for confirmation"));
  check(checks, "appeals", s->appeals ? "warn" : "ok", s->appeals ? arena_printf(a, "还有 %lld 条申诉没有裁定", (long long)s->appeals) : STR("没有未裁定的申诉"),
        s->appeals ? arena_printf(a, "%lld appeals are not ruled on", (long long)s->appeals) : STR("No open appeals"));
  if (s->ranges) check(checks, "ranges", "warn", arena_printf(a, "还有 %lld 条金额没有定", (long long)s->ranges), arena_printf(a, "%lld amounts are not set", (long long)s->ranges));
  check(checks, "minimum_wage", s->figures.minimum_wage_fen ? "ok" : "warn", s->figures.minimum_wage_fen ? STR("已设当地最低工资") : STR("没有设当地最低工资：只按比例限扣"),
        s->figures.minimum_wage_fen ? STR("The local minimum wage is set") : STR("The local minimum wage is not set: only the share limits deductions"));
  check(checks, "adjustments", moved ? "warn" : "ok", moved ? arena_printf(a, "有 %zu 条以前月份的差额记在这个月", moved) : STR("没有以前月份的差额"),
        moved ? arena_printf(a, "%zu differences of earlier months post here", moved) : STR("No differences of earlier months"));
  return checks;
}

/* What a seal accounts for. Without carrying over, the part that was not deducted is settled for good. */
static json_t *items_json(struct sheet *s) {
  json_t *items = json_array();
  for (size_t i = 0; i < s->row_count; i++) {
    struct row *row = s->order[i];
    collect(row);
    for (size_t k = 0; k < row->count; k++) {
      const struct item *it = &row->items[k];
      json_t *o = json_object();
      show_put_text(o, "id", it->id);
      show_put_text(o, "person", row->person->id);
      show_put_int(o, "fen", s->limit.carry_over && it->takes && it->fen > 0 ? it->collected : it->accounts);
      show_put_int(o, "collected", it->collected);
      json_array_append_new(items, o);
    }
  }
  return items;
}

/* What was shown first and then changed by itself: late facts, corrections, upheld appeals. Judgements are no such changes. */
static enum status changes_json(struct sheet *s, json_t **out) {
  struct consequence_change_month_row *rows = NULL;
  size_t count = 0;
  struct show_people people;
  struct consequence_change_month_in in = {.from_ms = s->month->from_ms, .to_ms = s->month->to_ms};
  enum status status = show_people_load(s->r->store, s->r->arena, &people, s->r->problem);
  if (status == OK) status = consequence_change_month(s->r->store, s->r->arena, &in, &rows, &count, s->r->problem);
  *out = json_array();
  for (size_t i = 0; status == OK && i < count; i++) {
    bool gone = str_is(rows[i].to_seal, "withdrawn"), appealed = str_is(rows[i].from_seal, "appealed");
    if (rows[i].from_fen == rows[i].to_fen && !gone) continue;
    if (!gone && !str_eq(rows[i].from_seal, rows[i].to_seal)) continue; /* a person set or reduced the amount */
    if (!gone && str_is(rows[i].from_seal, "proposed") && rows[i].to_fen > rows[i].from_fen) continue; /* still growing by steps */
    json_t *o = json_object();
    show_put_text(o, "id", rows[i].consequence);
    show_put_text(o, "person", rows[i].subject);
    show_put_text(o, "person_name", show_name(&people, rows[i].subject));
    show_put_text(o, "text", rows[i].text_zh);
    json_object_set_new(o, "clause", show_clause(s->r->program, rows[i].clause));
    show_put_int(o, "shown_fen", rows[i].from_fen);
    show_put_int(o, "now_fen", gone ? 0 : rows[i].to_fen);
    json_object_set_new(o, "reason", json_string(gone && appealed ? "申诉成立" : gone ? "事实更正" : "迟到的事实"));
    json_array_append_new(*out, o);
  }
  return status;
}

enum status settlement_sheet(struct read_ctx *r, const struct show_month *month, json_t **sheet) {
  enum status status = OK;
  struct sheet s;
  json_t *changes = NULL;
  TRY(gather(r, month, STR(""), &s));
  TRY(changes_json(&s, &changes));
  json_t *rows = json_array(), *out = json_object();
  json_object_set(out, "changes", changes);
  for (size_t i = 0; i < s.row_count; i++) json_array_append_new(rows, row_json(&s, s.order[i]));
  show_put_text(out, "month", month->name);
  json_object_set_new(out, "state", json_string(s.sealed ? "sealed" : s.over ? "ready" : "open"));
  show_put_int(out, "from_ms", month->from_ms);
  show_put_int(out, "to_ms", month->to_ms);
  json_object_set_new(out, "checks", checks_json(&s));
  json_object_set_new(out, "rows", rows);
  json_object_set(out, "adjustments", s.adjustments);
  json_object_set(out, "unconfirmed", s.unconfirmed);
  json_object_set_new(out, "items", items_json(&s));
  json_t *limit = json_object();
  json_object_set_new(limit, "share", show_text(arena_printf(r->arena, "%lld/%lld", (long long)s.limit.share_num, (long long)s.limit.share_den)));
  show_put_int(limit, "minimum_fen", s.limit.minimum_fen);
  json_object_set_new(limit, "carry_over", json_boolean(s.limit.carry_over));
  json_object_set_new(limit, "clause", show_clause(r->program, s.limit.clause));
  json_object_set_new(out, "limit", limit);
  *sheet = out;
done:
  json_decref(changes);
  json_decref(s.unconfirmed);
  json_decref(s.adjustments);
  return status;
}

enum status settlement_preview(struct read_ctx *r, const struct show_month *month, struct str person, json_t **preview) {
  enum status status = OK;
  struct sheet s;
  TRY(gather(r, month, person, &s));
  struct row *row = map_ptr(&s.rows, person);
  *preview = json_null();
  if (row) {
    json_t *o = row_json(&s, row);
    json_object_set_new(o, "clause", show_clause(r->program, s.limit.clause));
    *preview = o;
  }
done:
  json_decref(s.unconfirmed);
  json_decref(s.adjustments);
  return status;
}
