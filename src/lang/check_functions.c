/* What the functions of the language want in their brackets, and what a points account wants said: each that is left open is a
 * guess about somebody's wage, so it is asked for. */
#include "lang/checker.h"
#include "lang/settle_order.h"

static bool is_word(const struct lang_expr *x, const char *zh, const char *en) {
  return x->kind == LX_PATH && x->path.count == 1 && (str_is(x->path.text, zh) || str_is(x->path.text, en));
}

static void check_streak(struct checker *c, const struct lang_expr *e) {
  const struct lang_expr *period = e->arg_count > 1 ? e->args[1] : NULL;
  if (period && ((period->kind == LX_WINDOW && period->window == LANG_WINDOW_EACH) || is_word(period, "班次", "shift"))) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, e->at, "lang.streak_period", "连续多少个什么？这里没有写期间", "how many of what in a row? The period is missing here");
  lang_diagnostic_example(c->d, m, "周五、下周一都迟到：按工作日是连续两次，按自然日不是", "late on Friday and on Monday: two working days in a row, not two days in a row");
  lang_diagnostic_repair(c->d, m, "第二项写 自然月、周、工作日、自然日 或 班次", "write month, week, working_day, day or shift as the second part");
}

static void check_rank(struct checker *c, const struct lang_expr *e) {
  bool end = e->arg_count > 1 && (is_word(e->args[1], "从高到低", "highest_first") || is_word(e->args[1], "从低到高", "lowest_first"));
  bool ties = e->arg_count > 2 && (is_word(e->args[2], "并列同名次", "ties_share") || is_word(e->args[2], "并列顺延", "ties_in_turn"));
  if (!end) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, e->at, "lang.rank_direction", "名次从哪一头数起：最高的第一，还是最低的第一？", "which end is first: the highest or the lowest?");
    lang_diagnostic_repair(c->d, m, "第二项写 从高到低 或 从低到高", "write highest_first or lowest_first as the second part");
  } else if (!ties) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, e->at, "lang.rank_ties", "两个人一样，名次怎么排？", "two are equal: which place has the next?");
    lang_diagnostic_example(c->d, m, "甲 90、乙 90、丙 80：并列同名次是 1、1、3，并列顺延是 1、1、2", "90, 90, 80: ties_share gives 1, 1, 3, ties_in_turn gives 1, 1, 2");
    lang_diagnostic_repair(c->d, m, "第三项写 并列同名次", "write ties_share as the third part");
    lang_diagnostic_repair(c->d, m, "第三项写 并列顺延", "write ties_in_turn as the third part");
  }
}

static void check_day_wage(struct checker *c, const struct lang_expr *e) {
  if (e->arg_count > 1) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, e->at, "lang.day_wage_divisor", "一天的工资按一个月多少天折算？", "a day's wage is the month's divided by how many days?");
  lang_diagnostic_example(c->d, m, "月薪 4350元：按 21.75 天是 200元，按当月 30 天是 145元", "CNY 4350 a month: 200 by 21.75 days, 145 by 30");
  lang_diagnostic_repair(c->d, m, "日薪(员工, 21.75)", "day_wage(staff, 21.75)");
  lang_diagnostic_repair(c->d, m, "日薪(员工, 次数(班次.排定 其中 类=班))", "day_wage(staff, count(shift.assigned where class = work))");
}

void lang_check_function(struct checker *c, const struct lang_expr *e) {
  static const struct { enum lang_function f; size_t least; } wanted[] = {
      {LF_TENURE, 1}, {LF_NEXT_SHIFT, 2}, {LF_DAYS, 2}, {LF_WORKDAYS, 2}, {LF_HOLIDAY, 1}, {LF_WORKING_DAY, 1}, {LF_LENGTH, 1}, {LF_VIOLATED, 1}, {LF_STREAK, 1}, {LF_RANK, 1}, {LF_DAY_WAGE, 1}};
  for (size_t i = 0; i < COUNT_OF(wanted); i++) {
    if (e->function != wanted[i].f || e->arg_count >= wanted[i].least) continue;
    lang_diagnose(c->d, LANG_ERROR, e->at, "lang.arguments", "%.*s 括号里要写 %zu 项", "%.*s takes %zu parts in its brackets", STR_ARG(e->path.text), wanted[i].least);
    return;
  }
  if (e->function == LF_STREAK) check_streak(c, e);
  if (e->function == LF_RANK) check_rank(c, e);
  if (e->function == LF_DAY_WAGE) check_day_wage(c, e);
}

/* ---- points ---- */

void lang_check_score(struct checker *c, struct lang_score *s) {
  struct scope none = {.needs_window = true};
  struct lang_expr *x[] = {s->start, s->floor, s->ceiling};
  struct value v[3];
  bool known[3];
  for (int i = 0; i < 3; i++) {
    known[i] = x[i] && lang_constant(c, x[i], &v[i]);
    if (!x[i]) continue;
    struct known_type t = lang_check_expr(c, x[i], &none);
    if (t.type && t.type != V_POINTS)
      lang_diagnose(c->d, LANG_ERROR, x[i]->at, "lang.amount_unit", "积分的起数和上下限都是分数，如 10分", "start, floor and ceiling of points are points, such as 10pt");
  }
  bool low = known[0] && known[1] && v[0].i < v[1].i, high = known[0] && known[2] && v[0].i > v[2].i;
  if (low || high)
    lang_diagnostic_repair(c->d, lang_diagnose(c->d, LANG_ERROR, s->start->at, "lang.score_start", "起数不在下限和上限之间", "the start lies outside floor and ceiling"),
                           "改起数，或放宽下限、上限", "change the start, or widen floor and ceiling");
  const struct lang_recur *r = s->recurs.count == 1 ? &s->recurs.p[0] : NULL;
  if (r && r->kind == LANG_EVERY_PERIOD && !r->day_from && !r->day_to && !r->before_weekday) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, s->name.at, "lang.score_reset", "积分按一种期间重置，在期间的第一天零点", "points are reset by one kind of period, at the first midnight of it");
  lang_diagnostic_repair(c->d, m, "每 自然月 重置", "each month reset");
}

/* 扣 and 加: which account is meant. */
void lang_check_points(struct checker *c, const struct lang_act *a) {
  if (a->score.text.n) {
    if (map_ptr(&c->scores, a->score.text)) return;
    size_t distance = 99;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, a->score.at, "lang.unknown_score", "没有“%.*s”这种积分", "there are no points called “%.*s”", STR_ARG(a->score.text));
    struct str near = lang_nearest(c, a->score.text, &c->scores, STR(""), &distance);
    lang_suggest(c, m, near);
    return;
  }
  if (c->scores.n < 2) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, a->at, "lang.score_missing", "有几种积分，这里动的是哪一种？", "there are several kinds of points: which one is meant here?");
  for (size_t i = 0; i < c->scores.n && i < 4; i++)
    lang_diagnostic_repair(c->d, m, "末尾写 于 %.*s", "add at %.*s", STR_ARG(c->scores.entries[i].key));
}

void lang_check_settle_order(struct checker *c) {
  u32 *layer = ARENA_ARRAY(c->arena, u32, c->p->item_count + 1);
  const struct lang_item *circle = lang_settle_order(c->arena, c->p, layer);
  if (!circle) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, (struct lang_span){circle->at.from, circle->at.from + 3, circle->at.line, circle->at.column}, "lang.settle_cycle",
                                            "这几个结算互相要对方的结果，没有先后", "these settlements need each other's results: none comes first");
  lang_diagnostic_example(c->d, m, "甲按余分记处分，乙按处分扣分：先算哪一个？", "one disciplines by the points left, another deducts points by the measures taken: which is first?");
  lang_diagnostic_repair(c->d, m, "合成一个结算，或者让其中一个看上一期的数", "join them, or let one of them look at the period before");
}
