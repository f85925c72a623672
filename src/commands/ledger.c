/* Judgements about what the rules proposed: confirm, waive, set an amount, appeal, rule; the fund box; the close of a month (账).
 *
 * A judgement is an event; the ledger itself only ever changes by the engine's report. Nobody judges their own. */
#include "commands/command.h"

#include "base/calendar.h"
#include "commands/ledger_replay.h"
#include "commands/shorthand.h"
#include "views/ledger.h"
#include "views/settlement.h"

enum { REASON_MOST = 1000, FUND_FEN_MOST = 100000000 };

struct judged {
  struct consequence_get_row *row;
  struct party_desk desk;
  struct ledger_figures figures;
};

static enum status find(struct command_ctx *c, json_t *args, struct judged *j) {
  struct str id;
  enum status status = command_text(c, args, "id", true, 100, &id);
  struct consequence_get_in in = {.id = id};
  if (status == OK) status = consequence_get(c->store, c->arena, &in, &j->row, c->problem);
  if (status == OK && !j->row) status = problem_set(c->problem, E_NOT_FOUND, "ledger.unknown", "没有这一条账", "There is no such entry");
  if (status == OK) status = party_load(c->store, c->arena, c->program, &j->desk, c->problem);
  if (status == OK) status = ledger_figures(c->store, c->arena, &j->figures, c->problem);
  return status;
}

static enum status may_judge(struct command_ctx *c, const struct judged *j) {
  if (ledger_may_judge(&j->desk, &c->actor, j->row)) return OK;
  if (str_eq(j->row->subject, c->actor.id)) return problem_set(c->problem, E_DENIED, "ledger.own", "自己的账要由上级表态", "Your own entries are judged by somebody above you");
  struct str who = j->row->decided_by.n ? j->row->decided_by : STR("当事人的上级");
  return problem_set(c->problem, E_DENIED, "ledger.may_not_judge", "这一条由%.*s表态", "This entry is judged by %.*s", STR_ARG(who));
}

static enum status in_state(struct command_ctx *c, const struct judged *j, const char *wanted, const char *also) {
  if (str_is(j->row->seal, wanted) || (also && str_is(j->row->seal, also))) return OK;
  if (str_is(j->row->seal, "withdrawn")) return problem_set(c->problem, E_CONFLICT, "ledger.withdrawn", "这一条已经撤销", "This entry was withdrawn");
  return problem_set(c->problem, E_CONFLICT, "ledger.state", "这一条的状态已变，请刷新再看", "The state of this entry has changed; reload it");
}

static enum status answer(struct command_ctx *c, const struct judged *j, json_t **result) {
  struct consequence_get_row *row = NULL;
  struct consequence_get_in in = {.id = j->row->id};
  struct show_people people;
  enum status status = consequence_get(c->store, c->arena, &in, &row, c->problem);
  if (status == OK) status = show_people_load(c->store, c->arena, &people, c->problem);
  if (status == OK) *result = json_pack("{s:o}", "slip", ledger_slip_json(c->arena, c->program, &people, row ? row : j->row, j->figures.appeal_days));
  return status;
}

static struct event *judgement(struct command_ctx *c, const struct judged *j, const char *word, bool has_fen, i64 fen, struct str reason) {
  struct event *e = shorthand_event(c, EVENT_ledger_judged);
  event_set_text(e, "consequence", j->row->id);
  event_set_text(e, "result", str_c(word));
  if (has_fen) event_set(e, "amount", value_int(V_MONEY, fen));
  event_set_text(e, "person", j->row->subject);
  if (reason.n) event_set_text(e, "reason", reason);
  return e;
}

static enum status judge(struct command_ctx *c, const struct judged *j, const char *word, bool has_fen, i64 fen, struct str reason) {
  return command_append(c, judgement(c, j, word, has_fen, fen, reason));
}

/* ---- confirm, waive --------------------------------------------------------------------------------------------------- */

/* An open range is set inside it; a fixed amount may be reduced, never raised. */
static enum status check_amount(struct command_ctx *c, const struct judged *j, bool has_fen, i64 fen) {
  if (str_is(j->row->seal, "open") || j->row->fen_max > j->row->fen) {
    struct str least = money_text(c->arena, j->row->fen), most = money_text(c->arena, j->row->fen_max);
    if (!has_fen) return problem_set(c->problem, E_INVALID, "ledger.amount_missing", "请在 %.*s 到 %.*s 元之间定数", "Set an amount from %.*s to %.*s", STR_ARG(least), STR_ARG(most));
    if (fen < j->row->fen || fen > j->row->fen_max)
      return problem_set(c->problem, E_INVALID, "ledger.amount_range", "要在 %.*s 到 %.*s 元之间", "The amount must be from %.*s to %.*s", STR_ARG(least), STR_ARG(most));
    return OK;
  }
  if (has_fen && (fen < 0 || fen > j->row->fen))
    return problem_set(c->problem, E_INVALID, "ledger.amount_raise", "只能减，不能加：制度算出来是 %.*s 元", "It may be reduced, not raised: the rulebook makes it %.*s", STR_ARG(money_text(c->arena, j->row->fen)));
  return OK;
}

/* A sum by steps that may rise yet is judged when it is known: else the confirmed sum would not be the one the clause makes. */
static enum status settled(struct command_ctx *c, const struct judged *j) {
  const struct consequence *now = c->engine ? engine_consequence(c->engine, j->row->id) : NULL;
  if (!now || !now->growing) return OK;
  return problem_set(c->problem, E_CONFLICT, "ledger.growing", "这一条还没有做完，数还在加；做完、结束或到封顶以后再确认", "The matter is not done and the sum still rises; confirm it once it is done, over or at its cap");
}

static enum status run_confirm(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct judged j;
  struct str reason;
  i64 fen = 0;
  json_t *decision = NULL;
  bool done_now = false;
  bool has_fen = json_is_integer(json_object_get(args, "fen")) || json_is_string(json_object_get(args, "fen"));
  TRY(find(c, args, &j));
  TRY(command_text(c, args, "reason", false, REASON_MOST, &reason));
  TRY(command_int(c, args, "fen", false, 0, INT64_MAX / 4, &fen));
  TRY(may_judge(c, &j));
  TRY(in_state(c, &j, "proposed", "open"));
  TRY(settled(c, &j));
  TRY(check_amount(c, &j, has_fen, fen));
  bool range = str_is(j.row->seal, "open") || j.row->fen_max > j.row->fen, less = has_fen && !range && fen < j.row->fen;
  TRY(shorthand_gated(c, judgement(c, &j, range ? "定为" : less ? "减为" : "确认", true, range || less ? fen : j.row->fen, reason), &done_now, &decision));
  if (!done_now) { /* the authority of whoever speaks does not reach so far: it goes up */
    *result = json_incref(decision);
    goto done;
  }
  /* A set amount is also agreed to by the one who set it; engines that leave it proposed are told so. */
  struct consequence_get_row *now = NULL;
  struct consequence_get_in in = {.id = j.row->id};
  TRY(consequence_get(c->store, c->arena, &in, &now, c->problem));
  if (now && str_is(now->seal, "proposed")) TRY(judge(c, &j, "确认", false, 0, reason));
  TRY(answer(c, &j, result));
done:
  json_decref(decision);
  return status;
}

static enum status run_waive(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct judged j;
  struct str reason;
  json_t *decision = NULL;
  bool done_now = false;
  TRY(find(c, args, &j));
  TRY(command_text(c, args, "reason", true, REASON_MOST, &reason));
  TRY(may_judge(c, &j));
  if (!str_is(j.row->seal, "confirmed") && !str_is(j.row->seal, "appealed")) TRY(in_state(c, &j, "proposed", "open"));
  TRY(shorthand_gated(c, judgement(c, &j, "免除", false, 0, reason), &done_now, &decision));
  if (done_now) TRY(answer(c, &j, result));
  else *result = json_incref(decision);
done:
  json_decref(decision);
  return status;
}

/* ---- appeal and ruling ----------------------------------------------------------------------------------------------------- */

static enum status run_appeal(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct judged j;
  struct str against, reason;
  TRY(find(c, args, &j));
  TRY(command_text(c, args, "against", true, 20, &against));
  TRY(command_text(c, args, "reason", true, REASON_MOST, &reason));
  bool fact = str_is(against, "fact") || str_is(against, "事实"), consequence = str_is(against, "consequence") || str_is(against, "后果");
  if (!fact && !consequence) TRY(problem_set(c->problem, E_INVALID, "ledger.against", "申诉要说明对“事实”还是对“后果”", "Appeal against the “fact” or the “consequence”"));
  if (!str_eq(j.row->subject, c->actor.id)) TRY(problem_set(c->problem, E_DENIED, "ledger.appeal_own", "只有当事人可以申诉", "Only the person concerned may appeal"));
  TRY(in_state(c, &j, "proposed", "confirmed"));
  if (c->now_ms > j.row->occurred_ms + j.figures.appeal_days * MS_DAY)
    TRY(problem_set(c->problem, E_CONFLICT, "ledger.appeal_late", "申诉期是 %lld 天，已经过了", "Appeals may be made for %lld days; that time is over", (long long)j.figures.appeal_days));
  struct event *e = shorthand_event(c, EVENT_ledger_appealed);
  event_set_text(e, "consequence", j.row->id);
  event_set_text(e, "against", fact ? STR("事实") : STR("后果"));
  event_set_text(e, "reason", reason);
  event_set_text(e, "person", c->actor.id);
  TRY(command_gate_now(c, e)); /* nobody's consent is asked for an appeal; a clause may refuse it, with its reason */
  TRY(command_append(c, e));
  TRY(answer(c, &j, result));
done:
  return status;
}

static enum status appealed_against(struct command_ctx *c, const struct judged *j, struct str *against) {
  struct judgement_of_row *rows = NULL;
  size_t count = 0;
  struct judgement_of_in in = {.consequence = j->row->id};
  enum status status = judgement_of(c->store, c->arena, &in, &rows, &count, c->problem);
  *against = STR("后果");
  for (size_t i = 0; status == OK && i < count; i++)
    if (str_is(rows[i].what, "申诉") && rows[i].against.n) *against = rows[i].against;
  return status;
}

static enum status run_rule(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct judged j;
  struct str reason, against;
  TRY(find(c, args, &j));
  TRY(command_text(c, args, "reason", true, REASON_MOST, &reason));
  if (!json_object_get(args, "upheld")) TRY(problem_set(c->problem, E_INVALID, "ledger.upheld", "请说明申诉成立不成立", "Say whether the appeal is upheld"));
  TRY(may_judge(c, &j));
  TRY(in_state(c, &j, "appealed", NULL));
  TRY(appealed_against(c, &j, &against));
  struct event *e = shorthand_event(c, EVENT_ledger_ruled);
  event_set_text(e, "consequence", j.row->id);
  event_set_text(e, "against", against);
  event_set(e, "upheld", value_bool(command_bool(args, "upheld")));
  event_set_text(e, "person", j.row->subject);
  event_set_text(e, "reason", reason);
  TRY(command_append(c, e));
  TRY(answer(c, &j, result));
done:
  return status;
}

/* ---- fund box ---------------------------------------------------------------------------------------------------------------- */

static const struct lang_account *account_of(const struct lang_program *program, struct str name) {
  for (size_t i = 0; program && i < program->item_count; i++)
    if (program->items[i]->kind == LI_ACCOUNT && (!name.n || str_eq(program->items[i]->account->name.text, name))) return program->items[i]->account;
  return NULL;
}

static enum status may_spend(struct command_ctx *c, const struct lang_account *account) {
  struct party_desk desk;
  struct party_matter m = {.actor = c->actor.id};
  if (c->actor.owner) return OK;
  enum status status = party_load(c->store, c->arena, c->program, &desk, c->problem);
  if (status != OK) return status;
  for (size_t i = 0; i < account->kept_by.count; i++)
    if (party_includes(&desk, &account->kept_by.p[i], &m, c->actor.id)) return OK;
  struct str who = account->kept_by.count ? account->kept_by.p[0].path.text : STR("负责人");
  return problem_set(c->problem, E_DENIED, "fund.keeper", "%.*s由%.*s管", "%.*s is kept by %.*s", STR_ARG(account->name.text), STR_ARG(who));
}

static enum status balance_of(struct command_ctx *c, struct str account, i64 *balance) {
  struct read_ctx r = {.store = c->store, .arena = c->arena, .program = c->program, .now_ms = c->now_ms, .zone_offset_ms = c->zone_offset_ms, .actor = c->actor, .problem = c->problem};
  json_t *query = json_pack("{s:o}", "account", show_text(account)), *fund = NULL;
  enum status status = ledger_read_fund(&r, query, &fund);
  *balance = json_integer_value(json_object_get(fund, "balance_fen"));
  json_decref(query);
  json_decref(fund);
  return status;
}

static enum status run_spend(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct str purpose, name;
  i64 fen = 0, balance = 0;
  json_t *decision = NULL;
  bool done_now = false;
  TRY(command_int(c, args, "fen", true, 1, FUND_FEN_MOST, &fen));
  TRY(command_text(c, args, "purpose", true, 200, &purpose));
  TRY(command_text(c, args, "account", false, 100, &name));
  const struct lang_account *account = account_of(c->program, name);
  if (!account) TRY(problem_set(c->problem, E_NOT_FOUND, "fund.none", "制度里没有设基金", "The rulebook has no fund box"));
  TRY(may_spend(c, account));
  TRY(balance_of(c, account->name.text, &balance));
  if (fen > balance) TRY(problem_set(c->problem, E_CONFLICT, "fund.short", "基金里只有 %.*s 元", "There are only %.*s in the box", STR_ARG(money_text(c->arena, balance))));
  struct event *e = shorthand_event(c, EVENT_ledger_fund_moved);
  event_set_text(e, "account", account->name.text);
  event_set(e, "amount", value_int(V_MONEY, -fen));
  if (account->purposes.count) event_set_text(e, "purpose", account->purposes.p[0].text);
  event_set(e, "balance", value_int(V_MONEY, balance - fen));
  event_set_text(e, "person", c->actor.id);
  event_set_text(e, "text", purpose);
  TRY(shorthand_gated(c, e, &done_now, &decision));
  *result = done_now ? json_pack("{s:I}", "balance_fen", (json_int_t)(balance - fen)) : json_incref(decision);
done:
  json_decref(decision);
  return status;
}

/* ---- the close of a month -------------------------------------------------------------------------------------------------------- */

static enum status run_seal(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct str text;
  struct show_month month;
  json_t *sheet = NULL, *replayed = NULL;
  struct month_sealed_get_row *sealed = NULL;
  TRY(command_may(c, "账.封月"));
  TRY(command_text(c, args, "month", true, 10, &text));
  TRY(show_month_parse(c->arena, text, c->now_ms, c->zone_offset_ms, &month, c->problem));
  struct month_sealed_get_in in = {.month = month.name};
  TRY(month_sealed_get(c->store, c->arena, &in, &sealed, c->problem));
  if (sealed) TRY(problem_set(c->problem, E_CONFLICT, "settle.sealed", "%.*s 已经封月，以后的差额记在下个月", "%.*s is sealed; later differences post in the next month", STR_ARG(month.name)));
  if (c->now_ms < month.to_ms) TRY(problem_set(c->problem, E_CONFLICT, "settle.not_over", "%.*s 还没有过完，不能封月", "%.*s is not over and cannot be sealed", STR_ARG(month.name)));
  struct read_ctx r = {.store = c->store, .arena = c->arena, .program = c->program, .engine = c->engine, .now_ms = c->now_ms, .zone_offset_ms = c->zone_offset_ms, .actor = c->actor, .problem = c->problem};
  TRY(ledger_replay(c, month.from_ms, month.to_ms, &replayed));
  TRY(settlement_sheet(&r, &month, &sheet));
  json_object_set(sheet, "replayed", replayed);
  struct event *e = shorthand_event(c, EVENT_ledger_month_sealed);
  event_set_text(e, "month", month.name);
  if (c->actor.type == ACTOR_PERSON) event_set_text(e, "person", c->actor.id);
  event_set_text(e, "text", show_dump(c->arena, sheet));
  TRY(command_append(c, e));
  json_object_set_new(sheet, "state", json_string("sealed"));
  *result = json_incref(sheet);
done:
  json_decref(sheet);
  json_decref(replayed);
  return status;
}

static enum status figure(struct command_ctx *c, json_t *args, const char *arg, const char *name, enum value_type type, i64 least, i64 most, i64 *changed) {
  i64 value = 0;
  if (!json_object_get(args, arg) || json_is_null(json_object_get(args, arg))) return OK;
  enum status status = command_int(c, args, arg, true, least, most, &value);
  if (status != OK) return status;
  struct event *e = shorthand_event(c, EVENT_metric_reported);
  event_set_text(e, "metric", str_c(name));
  event_set(e, "subject", value_text(STR("desk")));
  event_set(e, "value", value_int(type, value));
  event_set_text(e, "person", c->actor.id);
  ++*changed;
  return command_append(c, e);
}

static enum status run_settings(struct command_ctx *c, json_t *args, json_t **result) {
  i64 changed = 0;
  enum status status = command_may(c, "账.封月");
  if (status == OK) status = figure(c, args, "minimum_wage_fen", "最低工资", V_MONEY, 0, 10000000, &changed);
  if (status == OK) status = figure(c, args, "deduct_percent", "扣款上限", V_COUNT, 0, 20, &changed);
  if (status == OK) status = figure(c, args, "appeal_days", "申诉天数", V_COUNT, 1, 60, &changed);
  if (status == OK && !changed) status = problem_set(c->problem, E_INVALID, "settings.nothing", "没有要改的设置", "There is nothing to change");
  if (status == OK) *result = json_pack("{s:I}", "changed", (json_int_t)changed);
  return status;
}

const struct command_def commands_ledger[] = {
    {"ledger.confirm", "", run_confirm, "id:id! fen:int reason:text", "Confirm a proposed entry, or set its amount", "确认或定数"},
    {"ledger.waive", "", run_waive, "id:id! reason:text!", "Waive an entry with a reason", "免除"},
    {"ledger.appeal", "", run_appeal, "id:id! against:text! reason:text!", "Appeal against a fact or a consequence", "申诉"},
    {"ledger.rule", "", run_rule, "id:id! upheld:bool! reason:text!", "Rule on an appeal", "裁定申诉"},
    {"fund.spend", "", run_spend, "fen:int! purpose:text! account:text", "Spend from the fund box", "支用基金"},
    {"settle.seal", "", run_seal, "month:text!", "Close and seal a month", "封月"},
    {"settings.change_wages", "", run_settings, "minimum_wage_fen:int deduct_percent:int appeal_days:int", "Change the figures that reach wages", "改工资相关的设置"},
    {NULL},
};
