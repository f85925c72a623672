/* Words for a consequence: the line of the slip, the evidence with what did not count, the arithmetic, what would have
 * avoided it. Factual and short; Chinese and English say the same. Made on demand from the compact record. */
#include "lang/act_words.h"
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

const char *consequence_type_name(enum consequence_type t) {
  static const char *const names[] = {"fine", "reward", "compensate", "charge", "score", "pay", "discipline", "suggest", "remind", "urge",
                                      "escalate", "notify", "deem", "open_case", "move_case", "assign", "send_form", "violation", "manual"};
  return names[t];
}
const char *consequence_type_name_zh(enum consequence_type t) {
  static const char *const names[] = {"罚款", "奖励", "赔偿", "收费", "积分", "计薪", "处分", "建议", "提醒", "催办",
                                      "上报", "通知", "视为", "开单", "转入", "派给", "发", "违规", "待人工"};
  return names[t];
}
const char *consequence_seal_name(enum consequence_seal s) {
  static const char *const names[] = {"proposed", "open", "confirmed", "appealed", "waived", "withdrawn"};
  return names[s];
}
const char *clock_state_name(enum clock_state s) {
  static const char *const names[] = {"running", "paused", "met", "met_late", "violated", "discharged"};
  return names[s];
}

struct str show_duration(struct arena *a, i64 ms, bool english) {
  if (ms < 0) ms = -ms;
  i64 s = ms / 1000, rest = ms % 1000;
  if (ms < 120 * MS_SECOND) {
    if (rest == 0) return arena_printf(a, english ? "%lld s" : "%lld 秒", (long long)s);
    return arena_printf(a, english ? "%lld.%03lld s" : "%lld.%03lld 秒", (long long)s, (long long)rest);
  }
  i64 m = s / 60, h = m / 60, d = h / 24;
  if (h == 0) {
    if (s % 60 == 0) return arena_printf(a, english ? "%lld min" : "%lld 分钟", (long long)m);
    return arena_printf(a, english ? "%lld min %lld s" : "%lld 分 %lld 秒", (long long)m, (long long)(s % 60));
  }
  if (d == 0) return arena_printf(a, english ? "%lld h %lld min" : "%lld 小时 %lld 分", (long long)h, (long long)(m % 60));
  return arena_printf(a, english ? "%lld d %lld h" : "%lld 天 %lld 小时", (long long)d, (long long)(h % 24));
}

struct str rule_title(const struct rule *r) { return r->item->clause ? r->item->clause->title : (struct str){"", 0}; }

static struct str yuan(struct arena *a, i64 fen, bool english) {
  struct str m = money_text(a, fen);
  return arena_printf(a, english ? "CNY %.*s" : "%.*s 元", STR_ARG(m));
}

static const char *noun_name(u8 noun) {
  static const char *const names[] = {"", "person", "customer", "conversation", "order", "case", "product", "shift", "role", ""};
  return noun < COUNT_OF(names) ? names[noun] : "";
}

static struct str goal_words(const struct rule *r) {
  if (r->goal_count == 0 || r->goals[0].src == NULL) return r->type == R_NOTICE ? STR("阅读确认") : r->type == R_CHECK_DUTY ? STR("检查") : (struct str){"", 0};
  const struct lang_goal *g = r->goals[0].src;
  return g->complete.text.n ? g->complete.text : g->event.path.text;
}

static struct str clock_time(struct engine *e, struct arena *a, i64 at) {
  return calendar_show_instant(a, at, e->zone);
}

/* Where nothing is counted from it, a time is said in whole seconds. */
static struct str show_about(struct arena *a, i64 ms, bool english) { return show_duration(a, ms < MS_SECOND ? ms : ms / MS_SECOND * MS_SECOND, english); }

/* ---- the line of the slip ---- */

static struct str check_title(struct engine *e, const struct rule *r, u32 ref) {
  struct value item = fact_named(e, ref, e->w[W_ITEM]);
  for (size_t i = 0; r->type == R_CHECK && i < r->item->checklist->row_count; i++) {
    const struct lang_check_row *row = &r->item->checklist->rows[i];
    if (str_eq(row->name.text, item.s)) return row->title.n ? row->title : row->name.text;
  }
  return item.s;
}

static void slip(struct engine *e, struct arena *a, const struct cons *c, const struct rule *r, struct consequence *out) {
  struct str title = rule_title(r), text = intern_str(&e->names, c->text);
  out->text_zh = out->text_en = title;
  if (c->type == C_MANUAL) {
    struct str why = intern_str(&e->names, c->manual), en;
    struct str zh = str_cut(why, '\t', &en);
    out->text_zh = arena_printf(a, "%.*s：%.*s，请人判断", STR_ARG(title), STR_ARG(zh));
    out->text_en = arena_printf(a, "%.*s: %.*s; a person has to decide", STR_ARG(title), STR_ARG(en));
  } else if (c->noted) {
    struct str why = intern_str(&e->names, c->noted), en, item = intern_str(&e->names, c->item);
    struct str zh = str_cut(why, '\t', &en);
    out->text_zh = arena_printf(a, "应%s“%.*s”，未办：%.*s", consequence_type_name_zh(c->type), STR_ARG(item), STR_ARG(zh));
    out->text_en = arena_printf(a, "“%.*s” was ordered and not done: %.*s", STR_ARG(item), STR_ARG(en));
  } else if (text.n) {
    out->text_zh = out->text_en = text;
  } else if (r->type == R_FLOW) {
    struct str item = intern_str(&e->names, c->item);
    out->text_zh = arena_printf(a, "时间到，转入“%.*s”", STR_ARG(item));
    out->text_en = arena_printf(a, "the time is over: moves to “%.*s”", STR_ARG(item));
  } else if (c->of_duty && c->due) {
    i64 over = c->stop_at > c->due ? c->stop_at - c->due : 0;
    struct deed goal = deed_of_goal(e, a, r);
    if (c->met_late) {
      out->text_zh = arena_printf(a, "%.*s晚了 %.*s", STR_ARG(title), STR_ARG(show_about(a, over, false)));
      out->text_en = arena_printf(a, "%.*s: %.*s late", STR_ARG(title), STR_ARG(show_about(a, over, true)));
    } else if (c->at < c->due) {
      out->text_zh = arena_printf(a, "%.*s：%.*s 到期", STR_ARG(title), STR_ARG(clock_time(e, a, c->due)));
      out->text_en = arena_printf(a, "%.*s: due %.*s", STR_ARG(title), STR_ARG(clock_time(e, a, c->due)));
    } else if (c->counts_steps) {
      i64 waited = c->stop_at - c->started - c->paused;
      out->text_zh = arena_printf(a, "%.*s：过了 %.*s还没有%.*s", STR_ARG(title), STR_ARG(show_about(a, waited, false)), STR_ARG(goal.zh));
      out->text_en = arena_printf(a, "%.*s: no %.*s after %.*s", STR_ARG(title), STR_ARG(goal.en), STR_ARG(show_about(a, waited, true)));
    } else {
      out->text_zh = arena_printf(a, "%.*s：到 %.*s 还没有%.*s", STR_ARG(title), STR_ARG(clock_time(e, a, c->due)), STR_ARG(goal.zh));
      out->text_en = arena_printf(a, "%.*s: no %.*s by %.*s", STR_ARG(title), STR_ARG(goal.en), STR_ARG(clock_time(e, a, c->due)));
    }
  } else if (c->type == C_PAY) {
    struct str item = intern_str(&e->names, c->item);
    out->text_zh = out->text_en = item;
  } else if (c->trigger != NONE && fact_of(e, c->trigger)->kind == EVENT_inspection_found) {
    out->text_zh = out->text_en = check_title(e, r, c->trigger);
  } else if (c->trigger != NONE) {
    struct deed did = deed_of_fact(e, a, c->trigger);
    out->text_zh = did.zh;
    out->text_en = did.en;
  }
  if (c->ordinal && !text.n) {
    out->text_zh = arena_printf(a, "%.*s，第 %lld 次", STR_ARG(out->text_zh), (long long)c->ordinal);
    out->text_en = arena_printf(a, "%.*s, no. %lld", STR_ARG(out->text_en), (long long)c->ordinal);
  }
}

/* ---- arithmetic ---- */

struct lines {
  struct arena *a;
  struct arithmetic *p;
  size_t n, room;
};

static struct arithmetic *line(struct lines *l) {
  l->p = arena_grow(l->a, l->p, &l->room, l->n + 1, sizeof *l->p);
  l->p[l->n] = (struct arithmetic){{"", 0}, {"", 0}, {"", 0}, {"", 0}};
  return &l->p[l->n++];
}

static struct str points(struct arena *a, i64 p, bool english) {
  struct str m = money_text(a, p < 0 ? -p : p);
  while (m.n && m.p[m.n - 1] == '0') m.n--;
  if (m.n && m.p[m.n - 1] == '.') m.n--;
  return arena_printf(a, english ? "%s%.*s pt" : "%s%.*s 分", p < 0 ? "−" : "", STR_ARG(m));
}

static void stepped_lines(struct engine *e, struct lines *l, const struct cons *c) {
  struct arena *a = l->a;
  struct arithmetic *x;
  if (c->of_duty) {
    i64 limit = c->due - c->started - c->paused, used = c->stop_at - c->started - c->paused;
    x = line(l);
    struct deed goal = deed_of_goal(e, a, &e->rules.p[c->rule]);
    x->text_zh = arena_printf(a, c->met_late ? "%.*s用了 %.*s，减去 %.*s" : "还没有%.*s，已过 %.*s，减去 %.*s", STR_ARG(goal.zh), STR_ARG(show_duration(a, used, false)),
                              STR_ARG(show_duration(a, limit, false)));
    x->text_en = arena_printf(a, c->met_late ? "%.*s after %.*s, less %.*s" : "no %.*s after %.*s, less %.*s", STR_ARG(goal.en), STR_ARG(show_duration(a, used, true)),
                              STR_ARG(show_duration(a, limit, true)));
    x->value_zh = arena_printf(a, "超 %.*s", STR_ARG(show_duration(a, c->over_ms, false)));
    x->value_en = arena_printf(a, "%.*s over", STR_ARG(show_duration(a, c->over_ms, true)));
  }
  x = line(l);
  x->text_zh = arena_printf(a, "%.*s ÷ %.*s，%s", STR_ARG(show_duration(a, c->over_ms, false)), STR_ARG(show_duration(a, c->step_ms, false)),
                            c->started_steps ? "不足一个按一个" : "不足一个不算");
  x->text_en = arena_printf(a, "%.*s ÷ %.*s, %s", STR_ARG(show_duration(a, c->over_ms, true)), STR_ARG(show_duration(a, c->step_ms, true)),
                            c->started_steps ? "a started one counts" : "only full ones count");
  x->value_zh = arena_printf(a, "%lld 个", (long long)(c->steps + c->carried));
  x->value_en = arena_printf(a, "%lld", (long long)(c->steps + c->carried));
  if (c->carried) {
    x = line(l);
    x->text_zh = arena_printf(a, "减去上月底以前已记的 %lld 个", (long long)c->carried);
    x->text_en = arena_printf(a, "less %lld that were booked before this month", (long long)c->carried);
    x->value_zh = arena_printf(a, "%lld 个", (long long)c->steps);
    x->value_en = arena_printf(a, "%lld", (long long)c->steps);
  }
  i64 product;
  if (__builtin_mul_overflow(c->steps, c->unit_fen, &product)) product = INT64_MAX;
  x = line(l);
  struct str (*show)(struct arena *, i64, bool) = c->type == C_SCORE ? points : yuan;
  x->text_zh = arena_printf(a, "%lld × %.*s", (long long)c->steps, STR_ARG(show(a, c->unit_fen, false)));
  x->text_en = arena_printf(a, "%lld × %.*s", (long long)c->steps, STR_ARG(show(a, c->unit_fen, true)));
  x->value_zh = show(a, product, false);
  x->value_en = show(a, product, true);
  if (c->cap_fen >= 0 && product > c->cap_fen) {
    x = line(l);
    x->text_zh = arena_printf(a, "封顶 %.*s", STR_ARG(show(a, c->cap_fen, false)));
    x->text_en = arena_printf(a, "capped at %.*s", STR_ARG(show(a, c->cap_fen, true)));
    x->value_zh = show(a, c->cap_fen, false);
    x->value_en = show(a, c->cap_fen, true);
  }
}

static void traced_lines(struct engine *e, struct lines *l, const struct cons *c) {
  struct str rest = intern_str(&e->names, c->trace);
  while (rest.n) {
    struct str record = str_cut(rest, '\n', &rest);
    struct str after;
    struct arithmetic *x = line(l);
    x->text_zh = arena_dup(l->a, str_cut(record, '\t', &after));
    x->text_en = x->text_zh;
    x->value_zh = arena_dup(l->a, str_cut(after, '\t', &after));
    x->value_en = arena_dup(l->a, after);
  }
}

/* What the account had and what is left; a range that nobody has set moves nothing. */
static void points_lines(struct engine *e, struct lines *l, const struct cons *c) {
  i64 before, after;
  if (!score_around(e, c, true, &before, &after)) return;
  struct str name = intern_str(&e->names, c->item);
  struct arithmetic *x = line(l);
  bool less = c->act && c->act->kind == LANG_DEDUCT, open = c->seal == SEAL_OPEN || c->seal == SEAL_WAIVED || !c->live;
  i64 by = open ? 0 : c->points < 0 ? -c->points : c->points;
  x->text_zh = arena_printf(l->a, "%.*s %.*s，%s %.*s", STR_ARG(name), STR_ARG(points(l->a, before, false)), less ? "扣" : "加", STR_ARG(points(l->a, by, false)));
  x->text_en = arena_printf(l->a, "%.*s %.*s, %s %.*s", STR_ARG(name), STR_ARG(points(l->a, before, true)), less ? "less" : "plus", STR_ARG(points(l->a, by, true)));
  x->value_zh = arena_printf(l->a, "余 %.*s", STR_ARG(points(l->a, after, false)));
  x->value_en = arena_printf(l->a, "%.*s left", STR_ARG(points(l->a, after, true)));
}

static void arithmetic(struct engine *e, struct arena *a, const struct cons *c, struct consequence *out) {
  struct lines l = {.a = a};
  if (c->type == C_SCORE) points_lines(e, &l, c);
  if (c->counts_steps && c->step_ms) stepped_lines(e, &l, c);
  if (c->ordinal) {
    struct arithmetic *x = line(&l);
    if (c->window_from > INT64_MIN && c->window_to < INT64_MAX && c->window_from) {
      struct str from = calendar_show_date(a, instant_date(c->window_from, e->zone)), to = calendar_show_date(a, instant_date(c->window_to - 1, e->zone));
      x->text_zh = arena_printf(a, "%.*s 至 %.*s 之内", STR_ARG(from), STR_ARG(to));
      x->text_en = arena_printf(a, "from %.*s to %.*s", STR_ARG(from), STR_ARG(to));
    } else {
      x->text_zh = STR("累计");
      x->text_en = STR("counted so far");
    }
    x->value_zh = arena_printf(a, "第 %lld 次", (long long)c->ordinal);
    x->value_en = arena_printf(a, "no. %lld", (long long)c->ordinal);
  }
  traced_lines(e, &l, c);
  if (c->fen_max > c->fen) {
    struct arithmetic *x = line(&l);
    x->text_zh = arena_printf(a, "由%.*s在范围内定", STR_ARG(intern_str(&e->names, c->decided_by)));
    x->text_en = arena_printf(a, "set inside the range by %.*s", STR_ARG(intern_str(&e->names, c->decided_by)));
    struct str (*show)(struct arena *, i64, bool) = c->type == C_SCORE ? points : yuan;
    x->value_zh = arena_printf(a, "%.*s 至 %.*s", STR_ARG(show(a, c->fen, false)), STR_ARG(show(a, c->fen_max, false)));
    x->value_en = arena_printf(a, "%.*s to %.*s", STR_ARG(show(a, c->fen, true)), STR_ARG(show(a, c->fen_max, true)));
  }
  out->arithmetic = l.p;
  out->arithmetic_count = l.n;
}

/* ---- evidence ---- */

struct shown {
  struct arena *a;
  struct evidence *p;
  size_t n, room;
};

static void show(struct engine *e, struct shown *s, u32 ref, i64 at, const char *role, struct str zh, struct str en) {
  s->p = arena_grow(s->a, s->p, &s->room, s->n + 1, sizeof *s->p);
  s->p[s->n++] = (struct evidence){.event_id = ref == NONE ? (struct str){"", 0} : fact_id(e, s->a, ref),
                                   .kind = ref == NONE ? "deadline" : event_kind_all(NULL)[fact_of(e, ref)->kind].en,
                                   .at_ms = at,
                                   .role = role,
                                   .text_zh = zh,
                                   .text_en = en};
}

static void show_fact(struct engine *e, struct shown *s, u32 ref, const char *role) {
  struct str zh, en;
  deed_sentence(e, s->a, ref, &zh, &en);
  show(e, s, ref, fact_of(e, ref)->at, role, zh, en);
}

/* Words found point at the message they were found in. */
static void show_message(struct engine *e, struct shown *s, u32 ref) {
  struct value message = fact_named(e, ref, intern_sym(&e->names, STR("消息")));
  struct value edit = fact_of(e, ref)->kind == EVENT_conversation_forbidden_word ? fact_named(e, ref, intern_sym(&e->names, STR("改动"))) : value_absent();
  bool edited = edit.type == V_TEXT || edit.type == V_REF;
  if (message.type != V_TEXT && message.type != V_REF) return;
  s->p = arena_grow(s->a, s->p, &s->room, s->n + 1, sizeof *s->p);
  s->p[s->n++] = (struct evidence){.event_id = arena_dup(s->a, edited ? edit.s : message.s), .kind = "message", .at_ms = fact_of(e, ref)->at, .role = "context",
                                   .text_zh = edited ? STR("在这条消息改过以后的话里") : STR("在这条消息里"),
                                   .text_en = edited ? STR("in the changed words of a message") : STR("in this message")};
}

static void not_counted(struct engine *e, struct shown *s, const struct cons *c) {
  if (c->noun != N_CONVERSATION) return;
  enum event_kind_id kind = EVENT_conversation_auto_replied;
  for (u32 i = e->s.by_kind[kind].n; i > 0; i--) {
    u32 ref = e->s.by_kind[kind].p[i - 1];
    const struct fact *f = fact_of(e, ref);
    if (f->at < c->started) break;
    if (f->at >= c->stop_at || fact_sym(e, ref, e->f_object[kind][N_CONVERSATION]) != c->object) continue;
    show(e, s, ref, f->at, "not_counted", STR("自动回复，不算"), STR("automatic reply, does not count"));
  }
}

/* The account that the tables of a settlement look at, NULL: none. */
static const struct lang_score *score_in(struct engine *e, const struct version *v, const struct lang_expr *x) {
  if (x == NULL) return NULL;
  if ((x->kind == LX_PATH || x->kind == LX_CALL) && x->path.count == 1) {
    const struct lang_score *s = score_of_name(v, x->path.text);
    if (s) return s;
  }
  const struct lang_score *s = score_in(e, v, x->a);
  for (size_t i = 0; s == NULL && i < x->arg_count; i++) s = score_in(e, v, x->args[i]);
  return s ? s : score_in(e, v, x->b);
}

struct showing {
  struct engine *e;
  struct shown *s;
  u64 basis;
};
static void show_movement(void *ctx, const struct cons *c) {
  struct showing *k = ctx;
  if (c->trigger != NONE) show_fact(k->e, k->s, c->trigger, "counted");
}
static void mix_movement(void *ctx, const struct cons *c) {
  struct showing *k = ctx;
  if (c->trigger != NONE) k->basis = mix(k->basis, fact_identity(k->e, c->trigger));
}

/* A settlement by points stands on what moved them in its period. */
static void movements(struct showing *k, const struct cons *c, const struct rule *r, void (*f)(void *ctx, const struct cons *c)) {
  struct engine *e = k->e;
  for (size_t i = 0; i < r->item->settle->statement_count; i++) {
    const struct lang_tier *t = r->item->settle->statements[i].tier;
    for (size_t n = 0; t && n < t->column_count; n++) {
      const struct lang_score *score = score_in(e, r->version, t->columns[n]);
      if (score) {
        score_movements(e, r->version, score, c->subject, c->at - 1, f, k);
        return;
      }
    }
  }
}

u64 explain_basis(struct engine *e, const struct cons *c) {
  struct showing k = {.e = e};
  movements(&k, c, &e->rules.p[c->rule], mix_movement);
  return k.basis;
}

static int by_time(const void *x, const void *y) {
  const struct evidence *a = x, *b = y;
  return a->at_ms < b->at_ms ? -1 : a->at_ms > b->at_ms;
}

static void evidence(struct engine *e, struct arena *a, const struct cons *c, struct consequence *out) {
  struct shown s = {.a = a};
  for (u32 rank = c->rank; rank; rank = e->s.ranks.p[rank - 1].prev) {
    u32 fact = e->s.ranks.p[rank - 1].fact;
    if (e->s.ranks.p[rank - 1].at < c->window_from) break;
    if (fact == NONE) continue; /* a settlement counts no fact */
    if (fact != c->trigger) show_fact(e, &s, fact, "counted");
  }
  if (c->trigger != NONE) show_fact(e, &s, c->trigger, c->of_duty ? "start" : "counted");
  if (c->trigger != NONE && (fact_of(e, c->trigger)->kind == EVENT_conversation_forbidden_word || fact_of(e, c->trigger)->kind == EVENT_conversation_phrase_missing)) {
    show_message(e, &s, c->trigger);
  }
  if (c->of_duty && c->due) {
    not_counted(e, &s, c);
    bool included = c->last_good >= c->due;
    show(e, &s, NONE, c->due, "deadline", included ? STR("期限到，含这一刻") : STR("期限到，不含这一刻"),
         included ? STR("deadline, this moment included") : STR("deadline, this moment excluded"));
    if (c->stop != NONE) show_fact(e, &s, c->stop, "stop");
  }
  struct showing k = {.e = e, .s = &s};
  if (e->rules.p[c->rule].type == R_SETTLE && c->live) movements(&k, c, &e->rules.p[c->rule], show_movement);
  if (s.n > 1) qsort(s.p, s.n, sizeof *s.p, by_time);
  out->evidence = s.p;
  out->evidence_count = s.n;
}

void explain_consequence(struct engine *e, struct arena *a, const struct cons *c, struct consequence *out) {
  const struct rule *r = &e->rules.p[c->rule];
  struct str empty = {"", 0};
  *out = (struct consequence){.type = c->type, .seal = c->seal, .version = r->version->name, .clause = intern_str(&e->names, r->clause),
                              .tag = intern_str(&e->names, r->tag), .covers = intern_str(&e->names, r->covers),
                              .subject = intern_str(&e->names, c->subject), .object = intern_str(&e->names, c->object),
                              .object_noun = noun_name(c->noun), .item = intern_str(&e->names, c->item),
                              .account = intern_str(&e->names, c->account), .fen = c->fen, .fen_max = c->fen_max, .points = c->points,
                              .decided_by = intern_str(&e->names, c->decided_by), .occurred_ms = c->at, .ordinal = c->ordinal,
                              .window_from_ms = c->window_from, .window_to_ms = c->window_to,
                              .judged_by = intern_str(&e->names, c->judged_by),
                              .args = intern_str(&e->names, c->args), .noted = c->noted != 0,
                              .growing = c->counts_steps && !c->ended && !(c->cap_fen >= 0 && (c->type == C_SCORE ? llabs(c->points) : c->fen) >= c->cap_fen), .avoid_zh = empty, .avoid_en = empty,
                              .trigger = empty, .cause = empty};
  out->id = arena_printf(a, "%016llx", (unsigned long long)c->id);
  if (c->trigger != NONE) out->trigger = fact_id(e, a, c->trigger);
  if (c->cause) out->cause = arena_printf(a, "%016llx", (unsigned long long)c->cause);
  slip(e, a, c, r, out);
  arithmetic(e, a, c, out);
  evidence(e, a, c, out);
  explain_avoid(e, a, c, r, out);
}

/* ---- clocks ---- */

static struct str body_words(const struct rule *r, struct arena *a, i64 now_ms, bool english) {
  const struct lang_program *p = r->version->program;
  if (r->violator == NULL || !body_acts(&r->violator->body)) return english ? STR("it is recorded as a breach") : STR("记为违反");
  return lang_body_words(a, p, &r->violator->body, instant_date(now_ms, p->zone_offset_ms), english);
}

void duty_clock(struct engine *e, u32 d, struct arena *a, struct rule_clock *out) {
  const struct duty *duty = &e->s.duties.p[d];
  const struct rule *r = &e->rules.p[duty->rule];
  struct str title = rule_title(r), empty = {"", 0};
  if (r->type == R_CHECK_DUTY) title = r->item->checklist->title.n ? r->item->checklist->title : r->item->checklist->name.text;
  sym bearer = duty->bearer ? duty->bearer : duty_bearer(e, d, e->s.now);
  if (r->type == R_EACH && r->goal_count && r->goals[0].src->complete.text.n) title = r->goals[0].src->complete.text;
  *out = (struct rule_clock){.state = duty->clock, .version = r->version->name, .clause = intern_str(&e->names, r->clause),
                             .tag = intern_str(&e->names, r->tag), .bearer = intern_str(&e->names, bearer),
                             .object = intern_str(&e->names, duty->object_key ? duty->object_key : duty->object),
                             .object_noun = duty->object_key ? "person" : noun_name(duty->noun), .started_ms = duty->started,
                             .due_ms = duty->due, .paused_ms = duty->paused, .recurring = duty->recurring, .need = duty->need,
                             .done = duty->done, .title_zh = title, .title_en = title, .goal_evidence = empty};
  out->id = arena_printf(a, "%016llx", (unsigned long long)duty->id);
  out->goal = goal_words(r);
  if (r->type == R_CHECK_DUTY) out->goal = r->item->checklist->name.text;
  const struct lang_goal *g = r->goal_count ? r->goals[0].src : NULL;
  for (size_t i = 0; g && i < g->evidence_count; i++) {
    out->goal_evidence = arena_printf(a, "%.*s%s%.*s", STR_ARG(out->goal_evidence), i ? "," : "", STR_ARG(g->evidence[i].name.text));
  }
  out->zero_zh = duty->quiet ? STR("到期") : body_words(r, a, e->s.now, false);
  out->zero_en = duty->quiet ? STR("it is due") : body_words(r, a, e->s.now, true);
}
