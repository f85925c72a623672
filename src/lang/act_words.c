/* See act_words.h. Figures are said with their value; what is computed keeps the book's words. */
#include "lang/act_words.h"

#include "lang/render.h"

enum { ACT_ROWS_SHOWN = 5 };

static struct str words_of(struct arena *a, const struct lang_program *p, const struct lang_expr *e, i64 date, bool english) {
  if (!e) return STR("");
  const struct lang_expr *v = e;
  if (e->kind == LX_PATH && e->figure) v = lang_figure_on(e->figure, date);
  if (v && v->kind == LX_LITERAL) {
    struct str written = str_trim(lang_text(p, v->at));
    return english || !written.n ? value_show(a, &v->value, english, p->zone_offset_ms) : written;
  }
  return lang_render_source(a, p, e->at);
}

static struct str source(struct arena *a, const struct lang_program *p, struct lang_span at) { return lang_render_source(a, p, at); }

static struct str people(struct arena *a, const struct lang_program *p, const struct lang_act *act, bool english) {
  struct str all = STR("");
  if (act->has_party) return source(a, p, act->party.at);
  for (size_t i = 0; i < act->parties.count; i++)
    all = arena_printf(a, "%.*s%s%.*s", STR_ARG(all), i ? english ? ", " : "、" : "", STR_ARG(source(a, p, act->parties.p[i].at)));
  return all;
}

static struct str amount(struct arena *a, const struct lang_program *p, const struct lang_act *act, i64 date, bool english) {
  const struct lang_amount *m = &act->amount;
  struct str from = words_of(a, p, m->from, date, english), out = from;
  if (m->to) out = arena_printf(a, english ? "%.*s to %.*s" : "%.*s 到 %.*s", STR_ARG(from), STR_ARG(words_of(a, p, m->to, date, english)));
  if (m->decided) out = arena_printf(a, english ? "%.*s, decided by %.*s" : "%.*s，由%.*s定", STR_ARG(out), STR_ARG(source(a, p, m->decided_by.at)));
  if (act->step) {
    struct str step = words_of(a, p, act->step, date, english);
    bool full = act->steps == LANG_STEPS_FULL;
    if (english) out = arena_printf(a, "%.*s for every %.*s (%s)", STR_ARG(out), STR_ARG(step), full ? "full ones only" : "begun counts");
    else out = arena_printf(a, "%.*s，每%s %.*s 一次%s", STR_ARG(out), full ? "满" : "", STR_ARG(step), full ? "" : "（不足也算）");
  }
  if (act->cap) out = arena_printf(a, english ? "%.*s, %.*s at most" : "%.*s，最多 %.*s", STR_ARG(out), STR_ARG(words_of(a, p, act->cap, date, english)));
  return out;
}

static struct str zh_act(struct arena *a, const struct lang_program *p, const struct lang_act *act, i64 date) {
  struct str who = people(a, p, act, false), much = amount(a, p, act, date, false), name = act->name.text;
  switch (act->kind) {
    case LANG_FINE: return arena_printf(a, "罚%.*s %.*s", STR_ARG(who), STR_ARG(much));
    case LANG_REWARD: return arena_printf(a, "奖%.*s %.*s", STR_ARG(who), STR_ARG(much));
    case LANG_COMPENSATE: return arena_printf(a, "%.*s赔 %.*s", STR_ARG(who), STR_ARG(much));
    case LANG_CHARGE: return arena_printf(a, "向%.*s收 %.*s", STR_ARG(who), STR_ARG(much));
    case LANG_DEDUCT: return arena_printf(a, "扣%.*s %.*s", STR_ARG(who), STR_ARG(much));
    case LANG_ADD: return arena_printf(a, "给%.*s加 %.*s", STR_ARG(who), STR_ARG(much));
    case LANG_PAY: return arena_printf(a, "计入工资：%.*s", STR_ARG(name));
    case LANG_DISCIPLINE: return arena_printf(a, "处分%.*s：%.*s", STR_ARG(who), STR_ARG(name));
    case LANG_PROPOSE: return arena_printf(a, "建议对%.*s：%.*s，由人决定", STR_ARG(who), STR_ARG(name));
    case LANG_REMIND: return arena_printf(a, "提醒%.*s", STR_ARG(who));
    case LANG_URGE: return arena_printf(a, "催%.*s", STR_ARG(who));
    case LANG_ESCALATE: return arena_printf(a, "上报%.*s", STR_ARG(who));
    case LANG_TELL: return arena_printf(a, "通知%.*s", STR_ARG(who));
    case LANG_DEEM: return arena_printf(a, "当作“%.*s”", STR_ARG(act->event.path.text));
    case LANG_OPEN: return arena_printf(a, "开一张%.*s", STR_ARG(name));
    case LANG_MOVE: return arena_printf(a, "转到“%.*s”", STR_ARG(act->event.path.text));
    case LANG_ASSIGN: return arena_printf(a, "派给%.*s", STR_ARG(who));
    case LANG_GIVE: return arena_printf(a, "发%.*s给%.*s", STR_ARG(name), STR_ARG(who));
    case LANG_WITHDRAW: return arena_printf(a, "撤销“%.*s”", STR_ARG(act->event.path.text));
    case LANG_NOT_IN_FORCE: return arena_printf(a, "“%.*s”不执行", STR_ARG(act->text));
    case LANG_NONE: return STR("只记下，没有后果");
    case LANG_IF: break;
  }
  struct str then = lang_acts_words(a, p, &act->then, date, false), other = lang_acts_words(a, p, &act->otherwise, date, false);
  return arena_printf(a, "如果%.*s，%.*s%s%.*s", STR_ARG(source(a, p, act->condition->at)), STR_ARG(then), other.n ? "；否则" : "", STR_ARG(other));
}

static struct str en_act(struct arena *a, const struct lang_program *p, const struct lang_act *act, i64 date) {
  struct str who = people(a, p, act, true), much = amount(a, p, act, date, true), name = act->name.text;
  switch (act->kind) {
    case LANG_FINE: return arena_printf(a, "fine for %.*s: %.*s", STR_ARG(who), STR_ARG(much));
    case LANG_REWARD: return arena_printf(a, "reward for %.*s: %.*s", STR_ARG(who), STR_ARG(much));
    case LANG_COMPENSATE: return arena_printf(a, "%.*s compensates %.*s", STR_ARG(who), STR_ARG(much));
    case LANG_CHARGE: return arena_printf(a, "%.*s is charged %.*s", STR_ARG(who), STR_ARG(much));
    case LANG_DEDUCT: return arena_printf(a, "%.*s loses %.*s", STR_ARG(who), STR_ARG(much));
    case LANG_ADD: return arena_printf(a, "%.*s gains %.*s", STR_ARG(who), STR_ARG(much));
    case LANG_PAY: return arena_printf(a, "goes into the pay: %.*s", STR_ARG(name));
    case LANG_DISCIPLINE: return arena_printf(a, "discipline for %.*s: %.*s", STR_ARG(who), STR_ARG(name));
    case LANG_PROPOSE: return arena_printf(a, "proposal for %.*s: %.*s; a person decides", STR_ARG(who), STR_ARG(name));
    case LANG_REMIND: return arena_printf(a, "remind %.*s", STR_ARG(who));
    case LANG_URGE: return arena_printf(a, "urge %.*s", STR_ARG(who));
    case LANG_ESCALATE: return arena_printf(a, "report to %.*s", STR_ARG(who));
    case LANG_TELL: return arena_printf(a, "tell %.*s", STR_ARG(who));
    case LANG_DEEM: return arena_printf(a, "counts as “%.*s”", STR_ARG(act->event.path.text));
    case LANG_OPEN: return arena_printf(a, "opens “%.*s”", STR_ARG(name));
    case LANG_MOVE: return arena_printf(a, "moves to “%.*s”", STR_ARG(act->event.path.text));
    case LANG_ASSIGN: return arena_printf(a, "assigned to %.*s", STR_ARG(who));
    case LANG_GIVE: return arena_printf(a, "sends %.*s to %.*s", STR_ARG(name), STR_ARG(who));
    case LANG_WITHDRAW: return arena_printf(a, "withdraws “%.*s”", STR_ARG(act->event.path.text));
    case LANG_NOT_IN_FORCE: return arena_printf(a, "“%.*s” is not carried out", STR_ARG(act->text));
    case LANG_NONE: return STR("only recorded");
    case LANG_IF: break;
  }
  struct str then = lang_acts_words(a, p, &act->then, date, true), other = lang_acts_words(a, p, &act->otherwise, date, true);
  return arena_printf(a, "if %.*s: %.*s%s%.*s", STR_ARG(source(a, p, act->condition->at)), STR_ARG(then), other.n ? "; otherwise " : "", STR_ARG(other));
}

struct str lang_acts_words(struct arena *a, const struct lang_program *p, const struct lang_acts *acts, i64 date, bool english) {
  struct str all = STR("");
  for (size_t i = 0; i < acts->count; i++) {
    struct str one = english ? en_act(a, p, &acts->p[i], date) : zh_act(a, p, &acts->p[i], date);
    all = arena_printf(a, "%.*s%s%.*s", STR_ARG(all), !i ? "" : english ? "; " : "；", STR_ARG(str_trim(one)));
  }
  return all;
}

struct str lang_body_words(struct arena *a, const struct lang_program *p, const struct lang_body *body, i64 date, bool english) {
  if (!body->tier) return lang_acts_words(a, p, &body->acts, date, english);
  struct str all = STR("");
  for (size_t i = 0; i < body->tier->row_count && i < ACT_ROWS_SHOWN; i++) {
    const struct lang_row *row = &body->tier->rows[i];
    struct str cells = STR("");
    for (size_t k = 0; k < body->tier->column_count; k++)
      cells = arena_printf(a, "%.*s%s%.*s", STR_ARG(cells), !k ? "" : english ? ", " : "、", STR_ARG(source(a, p, row->cells[k].at)));
    struct str acts = lang_acts_words(a, p, &row->acts, date, english);
    all = arena_printf(a, english ? "%.*s%s%.*s: %.*s" : "%.*s%s%.*s %.*s", STR_ARG(all), !i ? "" : english ? "; " : "；", STR_ARG(cells), STR_ARG(acts));
  }
  if (body->tier->row_count > ACT_ROWS_SHOWN) all = arena_printf(a, english ? "%.*s …" : "%.*s……", STR_ARG(all));
  return all;
}
