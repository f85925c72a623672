/* Words that would do nothing where they stand: 遇 … 免 after a 凡, 首日计 with hours, 结 on a weekday. Whoever wrote them meant something,
 * so they are refused, with what to write instead. (What may be written and is only for people to read is listed in the manual.) */
#include "lang/checker.h"
#include "lang/vocabulary.h"
#include "lang/words.h"

#include <string.h>

#define SILENT(c, at, zh, en, repair_zh, repair_en)                                                                                            \
  do {                                                                                                                                         \
    struct lang_diagnostic *silent_message = lang_diagnose(c->d, LANG_ERROR, at, "lang.says_nothing", zh, en);                                 \
    lang_diagnostic_repair(c->d, silent_message, repair_zh, repair_en);                                                                        \
  } while (0)

/* ---- tails ---- */

static bool is_owed(const struct lang_item *i) { /* somebody has to do something by a time */
  return i->kind == LI_MUST || i->kind == LI_EACH || i->kind == LI_NOTICE || (i->kind == LI_REPORT && i->report->has_by) ||
         (i->kind == LI_CHECKLIST && i->checklist->has_recur);
}

static bool is_banned(const struct lang_item *i) { return i->kind == LI_FORBID || (i->kind == LI_WORDS && i->words->kind != LANG_PHRASES); }

static bool counts(const struct lang_item *i) { return i->kind == LI_WHEN || i->kind == LI_MUST || i->kind == LI_EACH || i->kind == LI_CHECKLIST || i->kind == LI_GATE || is_banned(i); }

static bool has_effect(const struct lang_item *i, const struct lang_tail *t) {
  switch (t->kind) {
    case LANG_TAIL_RELEASE: case LANG_TAIL_WARN: case LANG_TAIL_NEVER: return is_owed(i);
    case LANG_TAIL_OVERDUE: return is_owed(i) || (t->span == NULL && is_banned(i));
    case LANG_TAIL_VIOLATOR: return is_banned(i) || (i->kind == LI_CHECKLIST ? i->checklist->has_pass : is_owed(i));
    case LANG_TAIL_UNLESS: return is_owed(i) || is_banned(i) || i->kind == LI_WHEN;
    case LANG_TAIL_TRANSITION: return counts(i);
    case LANG_TAIL_EXCEPTION: return true; /* check_except.c */
  }
  return true;
}

static void repair_place(struct checker *c, struct lang_diagnostic *m, const struct lang_item *i, const struct lang_tail *t) {
  if (t->kind == LANG_TAIL_UNLESS && i->kind == LI_GATE) {
    lang_diagnostic_repair(c->d, m, "另写一行：准 若 条件", "write a line of its own: permit if condition");
  } else if (t->kind == LANG_TAIL_UNLESS && i->kind == LI_SETTLE) {
    lang_diagnostic_repair(c->d, m, "写进“按 员工 其中 条件”", "write it as “by staff where condition”");
  } else if (i->kind == LI_CHECKLIST && t->kind == LANG_TAIL_VIOLATOR) {
    lang_diagnostic_repair(c->d, m, "写上“合格 80分以上”之类：总分不到才是违者", "write “pass at least 80pt” or the like: a lower total is the breach");
  } else if (i->kind == LI_CHECKLIST) {
    lang_diagnostic_repair(c->d, m, "写上“每 自然日”之类：有期限才谈得上逾期", "write “each day” or the like: only what is due can be overdue");
  } else if (i->kind == LI_REPORT) {
    lang_diagnostic_repair(c->d, m, "写上“由 谁”：有人交，才谈得上逾期", "write “decided_by” somebody: only what is owed can be overdue");
  } else {
    lang_diagnostic_repair(c->d, m, "删去它，或另写一条：自 … 起 … 须 …", "leave it out, or write a rule of its own: from … within … must …");
  }
}

static enum lang_word word_of(const struct lang_tail *t) {
  static const enum lang_word words[] = {[LANG_TAIL_RELEASE] = LW_RELEASED, [LANG_TAIL_WARN] = LW_WARN, [LANG_TAIL_OVERDUE] = LW_OVERDUE, [LANG_TAIL_VIOLATOR] = LW_VIOLATOR,
                                         [LANG_TAIL_NEVER] = LW_NEVER, [LANG_TAIL_UNLESS] = LW_UNLESS, [LANG_TAIL_EXCEPTION] = LW_OVERRIDES, [LANG_TAIL_TRANSITION] = LW_TRANSITION};
  return words[t->kind];
}

static bool at_once(const struct lang_tail *t) { return t->kind == LANG_TAIL_VIOLATOR || (t->kind == LANG_TAIL_OVERDUE && t->span == NULL); }

/* Of two that say the same, one would be lost. */
static bool is_lost(const struct lang_item *i, const struct lang_tail *first, const struct lang_tail *t) {
  if (t->kind == LANG_TAIL_UNLESS || t->kind == LANG_TAIL_TRANSITION) return first->kind == t->kind;
  if (t->kind == LANG_TAIL_RELEASE) return first->kind == t->kind && (first->same.count || t->same.count);
  if (!at_once(t) || !at_once(first)) return false;
  return i->kind != LI_CHECKLIST || first->kind == t->kind; /* 违者: the total; 逾期: nobody checked */
}

static void tails(struct checker *c, const struct lang_item *item) {
  for (size_t i = 0; i < item->tail_count; i++) {
    const struct lang_tail *t = &item->tails[i];
    const struct lang_word_entry *w = lang_word_entry(word_of(t));
    struct str own = c->p->english ? lang_item_en(item->kind) : lang_item_zh(item->kind), word = c->p->english ? w->en : w->zh;
    if (!has_effect(item, t)) {
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, t->at, "lang.tail_place", "“%.*s”写在“%.*s”这一项后面什么也不做", "“%.*s” does nothing after an item of “%.*s”",
                                                STR_ARG(word), STR_ARG(own));
      repair_place(c, m, item, t);
      continue;
    }
    for (size_t k = 0; k < i; k++) {
      if (!is_lost(item, &item->tails[k], t)) continue;
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, t->at, "lang.tail_twice", "这样的尾巴写了两处（“%.*s”），只有一处算数", "two tails say this (“%.*s”); only one of them would count", STR_ARG(word));
      lang_diagnostic_repair(c->d, m, "合成一处：后果用“;”、条件和事用“或”连起来", "make them one: join acts with “;”, conditions and events with “or”");
      break;
    }
  }
}

/* ---- clocks ---- */

static bool acts_step(const struct lang_acts *acts) {
  for (size_t i = 0; i < acts->count; i++) {
    if (acts->p[i].steps != LANG_STEPS_NONE || acts_step(&acts->p[i].then) || acts_step(&acts->p[i].otherwise)) return true;
  }
  return false;
}

static bool has_steps(const struct lang_item *item) {
  for (size_t i = 0; i < item->tail_count; i++) {
    const struct lang_body *b = &item->tails[i].body;
    if (acts_step(&b->acts)) return true;
    for (size_t r = 0; b->tier && r < b->tier->row_count; r++) {
      if (acts_step(&b->tier->rows[r].acts)) return true;
    }
  }
  return false;
}

static bool about_a_case(const struct checker *c, const struct lang_trigger *t) {
  for (size_t i = 0; i < t->event_count; i++) {
    const struct lang_event *e = &t->events[i];
    if (e->violates.count || e->path.count == 0 || lang_find_case(c->p, e->path.segments[0]) || lang_find_define(c->p, e->path.text)) return true;
    if (str_is(e->path.segments[0], "单据") || str_is(e->path.segments[0], "case")) return true;
  }
  return false;
}

static struct lang_diagnostic *clock_option(struct checker *c, const struct lang_due *due, enum lang_word option) {
  const struct lang_word_entry *w = lang_word_entry(option);
  struct str word = c->p->english ? w->en : w->zh;
  return lang_diagnose(c->d, LANG_ERROR, due->at, "lang.due_silent", "“%.*s”在这个期限里不起作用", "“%.*s” does nothing in this deadline", STR_ARG(word));
}

static void clock(struct checker *c, const struct lang_item *item) {
  const struct lang_due *due = &item->must->due;
  const struct lang_due_options *o = &due->options;
  struct value v;
  bool known = due->kind == LANG_DUE_WITHIN && lang_constant(c, due->span, &v), runs = known && v.type == V_DURATION;
  if (o->first_day_counts && (due->kind != LANG_DUE_WITHIN || runs)) {
    lang_diagnostic_repair(c->d, clock_option(c, due, LW_FIRST_DAY), "首日计 只和“几天、几个工作日、几个月 内”一起写", "first_day_counts goes with days, working days and months only");
  }
  if (o->past_holidays && (runs || due->kind == LANG_DUE_AT || (due->kind == LANG_DUE_DAY && due->day == LANG_SAME_SHIFT))) {
    lang_diagnostic_repair(c->d, clock_option(c, due, LW_PAST_HOLIDAYS), "遇休顺延 只和到某一天为止的期限一起写", "past_holidays goes with a deadline that ends with a day");
  }
  if ((o->day_included || o->day_excluded) && due->kind != LANG_DUE_AT) {
    lang_diagnostic_repair(c->d, clock_option(c, due, o->day_included ? LW_DAY_INCLUDED : LW_DAY_EXCLUDED), "含当日、不含当日 只和“于 … 前”一起写", "day_included and day_excluded go with a moment only");
  }
  if (o->extendable && !about_a_case(c, &item->must->trigger)) {
    lang_diagnostic_repair(c->d, clock_option(c, due, LW_EXTENDABLE), "可延期 延的是单据的期限：钟要从单据的事走起", "an extension belongs to a case: let the clock begin with an event of one");
  }
  if (o->only.text.n && due->kind != LANG_DUE_WITHIN && !has_steps(item)) {
    lang_diagnostic_repair(c->d, clock_option(c, due, LW_ONLY), "期限照写的，只计 只管逾期以后的步数：这里没有按步数的后果", "the deadline stays as written, and only the steps after it are counted inside the hours: there are none here");
  }
}

/* ---- what comes again ---- */

static void rounds(struct checker *c, const struct lang_recurs *recurs, bool by_shift) {
  for (size_t i = 0; i < recurs->count; i++) {
    const struct lang_recur *rc = &recurs->p[i];
    struct value v;
    bool shift = rc->kind == LANG_EVERY_SHIFT || (rc->kind == LANG_EVERY_NAMED && lang_find_shift(c->p, rc->name));
    if (shift && !by_shift) {
      SILENT(c, rc->at, "这里的“每”按日历走，不跟着班次", "this comes by the calendar, not by shifts", "写成“每 自然日”之类；跟着班的，写 每 班次 下班 前 … 须 …",
             "write “each day” or the like; what goes with a shift is written each … off_duty … must …");
    }
    if (rc->kind != LANG_EVERY_SPAN || rc->span == NULL || !lang_constant(c, rc->span, &v) || v.type == V_DAYS || v.type == V_MONTHS) continue;
    SILENT(c, rc->at, "“每”后面的长度按天、按月算：别的长度永远轮不到", "the length after each is one of days or months: another never comes round", "写成“每 1天”“每 2个月”，或 自 … 起 2小时 内 … 须 …",
           "write “each 1 day”, “each 2 months”, or from … within 2h … must …");
  }
}

static void settle(struct checker *c, const struct lang_settle *s) {
  const struct lang_recur *rc = s->recurs.count ? &s->recurs.p[0] : NULL;
  bool one = s->recurs.count == 1 && rc->kind == LANG_EVERY_PERIOD && rc->day_from == 0 && rc->before_weekday == 0;
  if (rc && !one) {
    SILENT(c, rc->at, "结按一种期间，在期末那一刻：写成别的就结不了", "a settlement is made by one period, as it ends: this never comes", "写成“每 自然月 结”“每 周 结”“每 季度 结”之类",
           "write “each month settle”, “each week settle”, “each quarter settle” or the like");
  }
  if (s->keys.count > 1) {
    SILENT(c, s->keys.p[1].at, "结只按一样分：后面写的不起作用", "a settlement goes by one thing: what is written after it does nothing", "留下一样，别的写进“其中”", "keep one, and write the others in “where”");
  }
}

static void limit(struct checker *c, const struct lang_limit *l) {
  struct str keep = l->keep.text;
  if (keep.n == 0 || str_is(keep, "实发") || str_is(keep, "net")) return;
  SILENT(c, l->keep.at, "扣款要留够的是实发，不是别的", "deductions leave the net wage a floor, and nothing else", "写成“且 实发 不低于 …”", "write “and net not_below …”");
}

/* ---- 同 ---- */

static bool is_field(const struct lang_vocabulary_field *fields, size_t count, struct str name) {
  for (size_t i = 0; i < count; i++) {
    if (str_eq(fields[i].zh, name) || str_eq(fields[i].en, name)) return true;
  }
  return false;
}

/* Does any fact, object or case of the book have something of that name? */
static bool is_something(const struct checker *c, struct str name) {
  static const char *const words[] = {"员工", "staff", "户", "unit", "本单", "同事"};
  for (size_t i = 0; i < COUNT_OF(words); i++) {
    if (str_is(name, words[i])) return true;
  }
  for (size_t i = 0; i < c->v->kind_count; i++) {
    if (is_field(c->v->kinds[i].fields, c->v->kinds[i].field_count, name)) return true;
  }
  for (size_t i = 0; i < c->v->noun_count; i++) {
    const struct lang_vocabulary_noun *n = &c->v->nouns[i];
    if (str_eq(n->zh, name) || str_eq(n->en, name) || is_field(n->fields, n->field_count, name)) return true;
  }
  for (size_t i = 0; i < c->p->item_count; i++) {
    const struct lang_case *k = c->p->items[i]->kind == LI_CASE ? c->p->items[i]->case_type : NULL;
    if (k && str_eq(k->name.text, name)) return true;
    for (size_t f = 0; k && f < k->field_count; f++) {
      if (str_eq(k->fields[f].name.text, name)) return true;
    }
  }
  return false;
}

static void same(struct checker *c, const struct lang_names *names) {
  for (size_t i = 0; c->v && i < names->count; i++) {
    struct str name = names->p[i].text;
    if (is_something(c, name)) continue;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, names->p[i].at, "lang.same_unknown", "哪件事、哪张单都没有“%.*s”这一项，“同”对不上", "no fact and no case has a field “%.*s”: “same” never fits", STR_ARG(name));
    lang_diagnostic_repair(c->d, m, "写两件事都有的一项，如 客户、订单", "name something both have, as customer or order");
  }
}

static void goals(struct checker *c, const struct lang_goals *all) {
  for (size_t i = 0; i < all->count; i++) same(c, &all->p[i].same);
}

/* ---- the rest ---- */

static void gate(struct checker *c, const struct lang_gate *g) {
  for (size_t i = 0; i < g->line_count; i++) {
    const struct lang_gate_line *line = &g->lines[i];
    if (line->verdict == LANG_REFUSE && line->acts.count) {
      SILENT(c, line->at, "拒了，事情就没有发生：后面的“并”不会做", "what is refused does not happen: the acts after “also” are never done", "另写一条：凡 申请.裁定 …,则 …", "write a rule of its own: when request.decided …, then …");
    }
    if (line->verdict == LANG_PERMIT && line->because.n) {
      SILENT(c, line->at, "准不用说因：谁也看不到它", "a permission needs no reason: nobody sees it", "把“因”写在“拒”或“经”那一行", "write “because” in the line that refuses or asks for consent");
    }
  }
}

static void roster(struct checker *c, const struct lang_roster *r) {
  for (size_t i = 0; i < r->part_count; i++) {
    const struct lang_roster_part *p = &r->parts[i];
    bool by_period = p->recurs.count == 1 && p->recurs.p[0].kind == LANG_EVERY_PERIOD;
    if (p->kind == LANG_ROSTER_REST && !by_period) {
      SILENT(c, p->at, "休几天按一种期间数：写成别的就查不了", "days off are counted in one period: this is never looked at", "写成“每 周 休 1天”“每 自然月 休 4天”之类", "write “each week off 1 day”, “each month off 4 days” or the like");
    }
    if (p->kind == LANG_ROSTER_IN_A_ROW && p->range.upper == NULL) {
      SILENT(c, p->at, "连上管的是最多几天：只写了下限", "in_a_row says how many days at most: only the least is written", "写成“连上 不超过 6天”", "write “in_a_row at_most 6 days”");
    }
    if (p->kind == LANG_ROSTER_DAYS_OFF && p->weekdays == 0) {
      SILENT(c, p->at, "公休写周几：节日由日历管", "days_off are days of the week: holidays are the calendar's", "写成“公休 周六, 周日”", "write “days_off saturday, sunday”");
    }
  }
}

static void role(struct checker *c, const struct lang_role *r) {
  for (size_t i = 0; i < r->sees.count; i++) {
    bool found = false;
    for (size_t k = 0; k < c->p->item_count; k++) found |= c->p->items[k]->kind == LI_CLASS && str_eq(c->p->items[k]->data_class->name.text, r->sees.p[i].text);
    if (found) continue;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, r->sees.p[i].at, "lang.class_unknown", "没有叫“%.*s”的密级", "there is no class “%.*s”", STR_ARG(r->sees.p[i].text));
    lang_diagnostic_repair(c->d, m, "写一项 密级，或改成已有的名字", "write an item class, or name one there is");
  }
}

static void checklist(struct checker *c, const struct lang_item *item) {
  const struct lang_checklist *l = item->checklist;
  size_t without = 0;
  for (size_t i = 0; i < l->row_count; i++) without += l->rows[i].points == NULL;
  rounds(c, &l->recurs, false);
  if (l->has_pass && without) {
    SILENT(c, l->name.at, "有一行没有写分，就没有总分，合格线管不到", "a row without points leaves no total, and nothing is held against the pass mark", "给每一行写上分，如 (20分)", "give every row its points, as (20pt)");
  }
  if (l->sample && !l->has_recur) {
    SILENT(c, l->sample->at, "抽样从上一期里抽：没有写“每”就没有期", "a sample is drawn from the period before: without “each” there is none", "写上“每 周”之类", "write “each week” or the like");
  }
}

static void header(struct checker *c, const struct lang_item *item) {
  const struct lang_header *h = item->header;
  bool calendar = h->attendance_from == 1 && h->attendance_to == 31;
  if (h->attendance_from == 0 || calendar || h->attendance_to == h->attendance_from - 1) return;
  SILENT(c, item->at, "考勤月一个接一个：止日是起日的前一天", "attendance months follow one another: the last day is the one before the first", "写成“考勤月 自 26日 至 25日”之类", "write “attendance_month from 26日 to 25日” or the like");
}

void lang_check_silent(struct checker *c) {
  for (size_t i = 0; i < c->p->item_count; i++) {
    const struct lang_item *item = c->p->items[i];
    tails(c, item);
    for (size_t k = 0; k < item->tail_count; k++) same(c, &item->tails[k].same);
    if (item->kind == LI_MUST) goals(c, &item->must->goals);
    if (item->kind == LI_EACH && !item->each->has_object) goals(c, &item->each->goals);
    switch (item->kind) {
      case LI_HEADER: header(c, item); break;
      case LI_MUST: clock(c, item); break;
      case LI_EACH: rounds(c, &item->each->recurs, true); break;
      case LI_REPORT: rounds(c, &item->report->recurs, true); break;
      case LI_SURVEY:
        if (item->survey->has_recur) rounds(c, &item->survey->recurs, true); /* shifts: check_rules.c */
        break;
      case LI_SETTLE:
        settle(c, item->settle);
        for (size_t k = 0; k < item->settle->statement_count; k++) {
          if (item->settle->statements[k].limit) limit(c, item->settle->statements[k].limit);
        }
        break;
      case LI_LIMIT: limit(c, item->limit); break;
      case LI_GATE: gate(c, item->gate); break;
      case LI_ROSTER: roster(c, item->roster); break;
      case LI_ROLE: role(c, item->role); break;
      case LI_CHECKLIST: checklist(c, item); break;
      default: break;
    }
  }
}
