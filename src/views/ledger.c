/* The ledger folded from what the engine reports and from people's judgements. A consequence keeps its row when it is withdrawn:
 * what somebody was once shown does not vanish, it is struck out. Amounts are whole fen; nothing here decides a wage. */
#include "views/ledger.h"

#include "base/calendar.h"

enum { SLIP_TEXT_MOST = 200 };

static struct str evidence_text(struct arena *a, const struct consequence *c) {
  json_t *list = json_array();
  for (size_t i = 0; i < c->evidence_count; i++) {
    const struct evidence *e = &c->evidence[i];
    json_t *o = json_object();
    show_put_text(o, "event", e->event_id);
    json_object_set_new(o, "kind", json_string(e->kind ? e->kind : ""));
    show_put_int(o, "at", e->at_ms);
    json_object_set_new(o, "role", json_string(e->role ? e->role : "context"));
    show_put_text(o, "zh", e->text_zh);
    show_put_text(o, "en", e->text_en);
    json_array_append_new(list, o);
  }
  struct str out = show_dump(a, list);
  json_decref(list);
  return out;
}

static struct str arithmetic_text(struct arena *a, const struct consequence *c) {
  json_t *list = json_array();
  for (size_t i = 0; i < c->arithmetic_count; i++) {
    json_t *o = json_object();
    show_put_text(o, "zh", c->arithmetic[i].text_zh);
    show_put_text(o, "en", c->arithmetic[i].text_en);
    show_put_text(o, "value_zh", c->arithmetic[i].value_zh);
    show_put_text(o, "value_en", c->arithmetic[i].value_en);
    json_array_append_new(list, o);
  }
  struct str out = show_dump(a, list);
  json_decref(list);
  return out;
}

static i64 booked_ms(const struct consequence *c) {
  return c->window_to_ms > 0 && c->occurred_ms >= c->window_to_ms ? c->window_to_ms - 1 : c->occurred_ms;
}

static enum status remember_change(struct store *s, struct arena *a, const struct consequence_get_row *old, i64 fen, struct str seal, struct problem *p) {
  struct consequence_change_count_row *n = NULL;
  struct consequence_change_count_in in = {.consequence = old->id};
  if (old->fen == fen && str_eq(old->seal, seal)) return OK;
  enum status status = consequence_change_count(s, a, &in, &n, p);
  if (status != OK) return status;
  struct consequence_change_put_in put = {.consequence = old->id, .n = n ? n->n + 1 : 1, .from_fen = old->fen, .to_fen = fen, .from_seal = old->seal, .to_seal = seal};
  return consequence_change_put(s, &put, NULL, p);
}

static enum status fold_consequence(struct store *s, struct arena *a, enum change change, const struct consequence *c, struct problem *p) {
  struct consequence_get_row *old = NULL;
  struct consequence_get_in get = {.id = c->id};
  enum status status = consequence_get(s, a, &get, &old, p);
  if (status != OK) return status;
  struct str seal = str_c(consequence_seal_name(change == CHANGE_WITHDRAW ? SEAL_WITHDRAWN : c->seal));
  if (old && (status = remember_change(s, a, old, c->fen, seal, p)) != OK) return status;
  struct consequence_put_in in = {
      .id = c->id, .type = str_c(consequence_type_name(c->type)), .seal = seal, .version = c->version, .clause = c->clause, .tag = c->tag, .covers = c->covers,
      .subject = c->subject, .object = c->object, .object_noun = str_c(c->object_noun), .item = c->item, .account = c->account, .fen = c->fen,
      .fen_max = c->fen_max, .points = c->points, .decided_by = c->decided_by, .text_zh = c->text_zh, .text_en = c->text_en, .occurred_ms = c->occurred_ms,
      .ordinal = c->ordinal, .window_from_ms = c->window_from_ms, .window_to_ms = c->window_to_ms, .trigger_event = c->trigger, .cause = c->cause,
      .evidence = evidence_text(a, c), .arithmetic = arithmetic_text(a, c), .avoid_zh = c->avoid_zh, .avoid_en = c->avoid_en, .judged_by = c->judged_by,
      .booked_ms = booked_ms(c)};
  return consequence_put(s, &in, NULL, p);
}

static enum status judged(struct store *s, const struct event *e, struct str what, bool has_fen, i64 fen, struct problem *p) {
  struct judgement_put_in in = {.event = e->id, .seq = e->seq, .consequence = event_get_text(e, "consequence"), .what = what, .by_person = e->actor,
                                .at_ms = e->occurred_ms, .fen = fen, .has_fen = has_fen, .against = event_get_text(e, "against"), .reason = event_get_text(e, "reason")};
  return judgement_put(s, &in, NULL, p);
}

static enum status fold_sealed(struct store *s, const struct event *e, struct problem *p) {
  struct str month = event_get_text(e, "month"), text = event_get_text(e, "text");
  json_t *sheet = show_stored(text, json_object());
  struct month_sealed_put_in in = {.month = month, .sealed_ms = e->occurred_ms, .by_person = e->actor, .sheet = text, .event = e->id,
                                   .from_ms = json_integer_value(json_object_get(sheet, "from_ms")), .to_ms = json_integer_value(json_object_get(sheet, "to_ms"))};
  enum status status = month_sealed_put(s, &in, NULL, p);
  size_t index;
  json_t *item;
  json_array_foreach(json_object_get(sheet, "items"), index, item) {
    struct sealed_item_put_in put = {.month = month, .consequence = str_c(json_string_value(json_object_get(item, "id"))),
                                     .person = str_c(json_string_value(json_object_get(item, "person"))),
                                     .fen = json_integer_value(json_object_get(item, "fen")),
                                     .collected_fen = json_integer_value(json_object_get(item, "collected"))};
    if (status == OK) status = sealed_item_put(s, &put, NULL, p);
  }
  json_decref(sheet);
  return status;
}

static enum status fold_carried(struct store *s, const struct event *e, struct problem *p) {
  struct carried_put_in in = {.consequence = event_get_text(e, "consequence"), .result = event_get_text(e, "result"), .object = event_get_text(e, "object"),
                              .reason = event_get_text(e, "reason"), .at_ms = e->occurred_ms, .event = e->id};
  return carried_put(s, &in, NULL, p);
}

static enum status fold_fund(struct store *s, const struct event *e, struct problem *p) {
  struct str words = event_get_text(e, "text");
  struct fund_move_put_in in = {.event = e->id, .account = event_get_text(e, "account"), .fen = event_get_int(e, "amount", 0),
                                .purpose = words.n ? words : event_get_text(e, "purpose"), .by_person = e->actor, .at_ms = e->occurred_ms};
  return fund_move_put(s, &in, NULL, p);
}

/* Settings that reach wages are reported figures about the desk itself. */
static enum status fold_figure(struct store *s, const struct event *e, struct problem *p) {
  struct value value = event_get(e, STR("value")), subject = event_get(e, STR("subject"));
  if ((subject.type != V_TEXT && subject.type != V_REF) || !str_is(subject.s, "desk") || value.type == V_TEXT || value.type == V_REF) return OK;
  struct desk_figure_put_in in = {.name = event_get_text(e, "metric"), .value = value.i, .at_ms = e->occurred_ms, .by_person = e->actor, .event = e->id};
  return desk_figure_put(s, &in, NULL, p);
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  (void)a;
  switch (event_kind_index(e->kind)) {
    case EVENT_ledger_judged: return judged(s, e, event_get_text(e, "result"), event_has(e, "amount"), event_get_int(e, "amount", 0), p);
    case EVENT_ledger_appealed: return judged(s, e, STR("申诉"), false, 0, p);
    case EVENT_ledger_ruled: return judged(s, e, event_get_int(e, "upheld", 0) ? STR("申诉成立") : STR("申诉不成立"), false, 0, p);
    case EVENT_ledger_month_sealed: return fold_sealed(s, e, p);
    case EVENT_ledger_fund_moved: return fold_fund(s, e, p);
    case EVENT_metric_reported: return fold_figure(s, e, p);
    case EVENT_consequence_carried: return fold_carried(s, e, p);
    default: return OK;
  }
}

/* ---- slips ------------------------------------------------------------------------------------------------------------ */

bool ledger_takes_away(struct str type) { return str_is(type, "fine") || str_is(type, "compensate") || str_is(type, "charge"); }
bool ledger_is_money(struct str type) { return str_is(type, "fine") || str_is(type, "compensate") || str_is(type, "reward") || str_is(type, "pay"); }
bool ledger_is_slip(struct str type) {
  return ledger_is_money(type) || str_is(type, "charge") || str_is(type, "score") || str_is(type, "discipline") || str_is(type, "propose") || str_is(type, "suggest") ||
         str_is(type, "manual") || str_is(type, "violation");
}

/* What the line itself does not say: the clause is shown beside it by its number and title. */
static struct str slip_detail(struct arena *a, const struct consequence_get_row *row) {
  struct str ordinal = row->ordinal > 0 ? arena_printf(a, "第 %lld 次", (long long)row->ordinal) : STR("");
  return ordinal.n && str_find(row->text_zh, ordinal, 0) == SIZE_MAX ? ordinal : STR("");
}

json_t *ledger_slip_json(struct arena *a, const struct lang_program *program, const struct show_people *people, const struct consequence_get_row *row, i64 appeal_days) {
  const struct lang_clause *clause = program ? lang_find_clause(program, row->clause) : NULL;
  bool open = str_is(row->seal, "proposed") || str_is(row->seal, "open") || str_is(row->seal, "confirmed");
  json_t *o = json_object();
  show_put_text(o, "id", row->id);
  show_put_int(o, "at", row->occurred_ms);
  show_put_text(o, "type", str_is(row->type, "propose") ? STR("suggest") : row->type);
  show_put_text(o, "seal", row->seal);
  show_put_text(o, "title", row->text_zh.n ? row->text_zh : row->item.n ? row->item : clause ? clause->title : row->clause);
  show_put_text(o, "title_en", row->text_en.n ? row->text_en : row->item);
  show_put_text(o, "detail", slip_detail(a, row));
  json_object_set_new(o, "clause", show_clause(program, row->clause));
  bool scored = str_is(row->type, "score"), ranged = row->fen_max > row->fen; /* points are no money: they stand in `points` */
  show_put_int(o, "fen", scored ? 0 : row->fen);
  json_object_set_new(o, "fen_min", show_int_or_null(row->fen_max > row->fen, row->fen));
  json_object_set_new(o, "fen_max", show_int_or_null(row->fen_max > row->fen, row->fen_max));
  json_object_set_new(o, "decided_by", show_text_or_null(row->decided_by));
  if (scored && ranged) json_object_set_new(o, "points", show_text(arena_printf(a, "%.*s–%.*s", STR_ARG(money_text(a, row->fen)), STR_ARG(money_text(a, row->fen_max)))));
  else json_object_set_new(o, "points", row->points ? show_text(arena_printf(a, "%s%s", row->points < 0 ? "−" : "+", money_text(a, row->points < 0 ? -row->points : row->points).p)) : json_null());
  json_object_set_new(o, "ordinal", show_int_or_null(row->ordinal > 0, row->ordinal));
  json_object_set_new(o, "appeal_until_ms", show_int_or_null(open && ledger_takes_away(row->type), row->occurred_ms + appeal_days * MS_DAY));
  show_put_text(o, "person", row->subject);
  if (people) show_put_text(o, "person_name", show_name(people, row->subject));
  json_object_set_new(o, "object", show_object(row->object_noun, row->object));
  json_object_set_new(o, "item", show_text_or_null(row->item));
  json_object_set_new(o, "account", show_text_or_null(row->account));
  return o;
}

json_t *ledger_slip_of(struct arena *a, const struct lang_program *program, const struct consequence *c) {
  struct consequence_get_row row = {.id = c->id, .type = str_c(consequence_type_name(c->type)), .seal = str_c(consequence_seal_name(c->seal)), .clause = c->clause,
                                    .subject = c->subject, .object = c->object, .object_noun = str_c(c->object_noun), .item = c->item, .account = c->account,
                                    .fen = c->fen, .fen_max = c->fen_max, .points = c->points, .decided_by = c->decided_by, .text_zh = c->text_zh,
                                    .text_en = c->text_en, .occurred_ms = c->occurred_ms, .ordinal = c->ordinal};
  return ledger_slip_json(a, program, NULL, &row, LEDGER_APPEAL_DAYS_DEFAULT);
}

bool ledger_may_judge(const struct party_desk *desk, const struct actor *actor, const struct consequence_get_row *row) {
  if (actor->type == ACTOR_SYSTEM) return true;
  if (actor->type != ACTOR_PERSON || str_eq(actor->id, row->subject)) return false;
  if (actor->owner) return true;
  if (row->decided_by.n) return str_eq(actor->role, row->decided_by) || party_role_above(desk->program, actor->role, row->decided_by);
  if (party_person_above(desk, actor->id, row->subject)) return true;
  struct str role = str_starts(row->subject, STR("role:")) ? str_slice(row->subject, 5, row->subject.n) : STR("");
  return role.n && party_role_above(desk->program, actor->role, role);
}

enum status ledger_figures(struct store *s, struct arena *a, struct ledger_figures *out, struct problem *p) {
  struct desk_figure_all_row *rows = NULL;
  size_t count = 0;
  *out = (struct ledger_figures){.deduct_percent = LEDGER_DEDUCT_PERCENT_DEFAULT, .appeal_days = LEDGER_APPEAL_DAYS_DEFAULT};
  enum status status = desk_figure_all(s, a, &rows, &count, p);
  for (size_t i = 0; status == OK && i < count; i++) {
    if (str_is(rows[i].name, "最低工资")) out->minimum_wage_fen = rows[i].value;
    if (str_is(rows[i].name, "扣款上限")) out->deduct_percent = rows[i].value;
    if (str_is(rows[i].name, "申诉天数")) out->appeal_days = rows[i].value;
  }
  return status;
}

static const char *const nouns[] = {"ledger", "metric", "consequence", NULL};
static const char *const tables[] = {"consequence", "consequence_change", "judgement", "desk_figure", "fund_move", "month_sealed", "sealed_item", "carried", NULL};

static const struct read_def reads[] = {
    {"ledger.month", "", ledger_read_month, true, "month:text person:id", "A person's month: slips, totals, pay preview", "某人的一个月：账条、合计与工资预览"},
    {"ledger.mine", "", ledger_read_month, true, "month:text", "My month", "我的一个月"},
    {"ledger.proof", "", ledger_read_proof, false, "id:id!", "The smallest set of facts from which it follows again", "只凭哪些事实就能重新得出"},
    {"ledger.why", "", ledger_read_why, true, "id:id!", "Why: clause, evidence, arithmetic, what comes next", "为什么：条款、证据、算法与后续"},
    {"ledger.open", "", ledger_read_open, false, "limit:int", "Slips that wait for a judgement", "等人表态的账条"},
    {"fund.get", "", ledger_read_fund, false, "account:text", "The fund box", "基金箱"},
    {"settle.get", "", ledger_read_settle, true, "month:text", "The settlement of a month", "月结"},
    {"settings.wages", "", ledger_read_settings, false, "", "Figures that reach wages", "工资相关的设置"},
    {NULL},
};

const struct view_def view_ledger = {.noun = "ledger", .version = 2, .nouns = nouns, .tables = tables, .fold = fold, .consequence = fold_consequence, .reads = reads};
