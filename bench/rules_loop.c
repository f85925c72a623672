/* The limit beside the rule benchmark: the two hundred rules written into one loop over the rows, as somebody would who knew
 * the book and had all day. One thread, no rule kept apart, objects in arrays by number; what it does not give is why, for
 * whom, or which clause said so. */
#include "bench_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct talk {
  i64 first, replied, closed; /* 0: not yet */
};
struct order {
  i64 placed, paid, noted, checked, checked_as[2], reminded; /* 0: not yet */
  int32_t fen;
};

static inline void hit(struct answers *a, u32 rule, i64 fen, u32 ordinal) {
  a->of[rule].n++;
  a->of[rule].fen += fen;
  a->of[rule].ordinals += ordinal;
}

enum { R_REPLY0 = 0, R_CLOSE0 = R_REPLY0 + F_REPLY, R_RATE0 = R_CLOSE0 + F_CLOSE, R_PLACE0 = R_RATE0 + F_RATE, R_OPEN0 = R_PLACE0 + F_PLACE, R_EXAM0 = R_OPEN0 + F_OPEN,
       R_LADDER0 = R_EXAM0 + F_EXAM, R_STARS0 = R_LADDER0 + F_LADDER, R_TABLE0 = R_STARS0 + F_RATE_LADDER, R_FIRST0 = R_TABLE0 + F_TABLE, R_NOTE0 = R_FIRST0 + F_FIRST,
       R_CHECK0 = R_NOTE0 + F_NOTE, R_REMIND0 = R_CHECK0 + F_CHECK, R_PAY0 = R_REMIND0 + F_REMIND };

static u32 ladder[F_LADDER][LOAD_AGENTS], pay[F_PAY][LOAD_AGENTS];
static u32 stars_month[LOAD_AGENTS], stars_week[LOAD_AGENTS];

/* How far a first reply was late: the count stops with the close, the month, or at the cap. */
static void first_replies(const struct talk *t, i64 until, struct answers *a) {
  for (u32 i = 0; i < F_FIRST; i++) {
    i64 due = t->first + 1000 * (25 + 5 * (i64)i), stop = t->replied ? t->replied : INT64_MAX;
    if (t->closed && t->closed < stop) stop = t->closed;
    if (stop <= due || due >= until) continue;
    i64 month = instant_at(date_add_months(month_start(instant_date(due, LOAD_ZONE)), 1), 0, LOAD_ZONE);
    if (month <= due + 1) month = due + 2;
    if (stop > month) stop = month;
    if (stop > until) stop = until;
    i64 steps = (stop - due + 29999) / 30000, fen = steps * 500, cap = 5000 + 500 * (i64)i;
    hit(a, R_FIRST0 + i, fen < cap ? fen : cap, 0);
  }
}

static void orders(const struct order *o, i64 until, struct answers *a) {
  for (u32 i = 0; i < F_NOTE && o->paid; i++) {
    i64 due = o->paid + 60000 * (45 + (i64)i);
    if (o->fen > 100 * (100 + 70 * (i64)i) && due < until && !(o->noted && o->noted <= due)) hit(a, R_NOTE0 + i, 100 * (3 + i), 0);
  }
  for (u32 i = 0; i < F_CHECK && o->paid; i++) {
    i64 due = o->paid + 60000 * (30 + (i64)i), day = instant_at(instant_date(o->paid, LOAD_ZONE) + 1, 0, LOAD_ZONE) - 1;
    i64 as = o->checked_as[i % 4 ? 1 : 0];
    if (i % 2) {
      if (day < until && !(o->checked && o->checked <= day)) hit(a, R_CHECK0 + i, 0, 0);
    } else if (o->fen > 100 * (600 + 20 * (i64)i) && due < until && !(as && as <= due)) {
      hit(a, R_CHECK0 + i, 100 * (2 + i), 0);
    }
  }
  for (u32 i = 0; i < F_REMIND; i++) {
    i64 due = o->placed + 60000 * (120 + (i64)i);
    if (o->fen > 100 * (200 + 50 * (i64)i) && due < until && !(o->reminded && o->reminded <= due) && !(o->paid && o->paid <= due)) hit(a, R_REMIND0 + i, 0, 0);
  }
}

static void settle(struct answers *a) {
  for (u32 i = 0; i < F_PAY; i++) {
    for (u32 p = 0; p < LOAD_AGENTS; p++) {
      if (pay[i][p]) hit(a, R_PAY0 + i, 100 * (i64)(1 + i) * pay[i][p], 0);
    }
  }
  memset(pay, 0, sizeof pay);
}

void bench_loop(const struct load *l, struct answers *a) {
  struct talk *talks = calloc(l->conversations + 1u, sizeof *talks);
  struct order *all = calloc(l->orders + 1u, sizeof *all);
  if (talks == NULL || all == NULL) abort();
  memset(ladder, 0, sizeof ladder);
  memset(pay, 0, sizeof pay);
  memset(stars_month, 0, sizeof stars_month);
  memset(stars_week, 0, sizeof stars_week);
  i64 month_end = INT64_MIN, week_end = INT64_MIN, change = INT64_MIN, day = 0;
  for (u64 n = 0; n < l->n; n++) {
    const struct load_row *r = &l->rows[n];
    if (r->at >= change) {
      if (r->at >= week_end) {
        memset(stars_week, 0, sizeof stars_week);
        week_end = instant_at(week_start(instant_date(r->at, LOAD_ZONE)) + 7, 0, LOAD_ZONE);
      }
      if (r->at >= month_end) {
        memset(ladder, 0, sizeof ladder);
        memset(stars_month, 0, sizeof stars_month);
        settle(a);
        month_end = instant_at(date_add_months(month_start(instant_date(r->at, LOAD_ZONE)), 1), 0, LOAD_ZONE);
      }
      change = week_end < month_end ? week_end : month_end;
    }
    switch ((enum load_kind)r->kind) {
      case LK_SPOKE:
        if (r->flag) talks[r->object].first = r->at;
        break;
      case LK_REPLIED:
        if (r->x > 40000) {
          for (u32 i = 0; i < F_REPLY; i++) {
            if (r->x > 1000 * (40 + 5 * (int32_t)i) && r->y < (int32_t)(10 + 5 * (i % 7))) hit(a, R_REPLY0 + i, 100 * (1 + i % 9), 0);
          }
        }
        if (talks[r->object].replied == 0 && talks[r->object].first && r->at >= talks[r->object].first) talks[r->object].replied = r->at;
        break;
      case LK_CLOSED:
        if (r->x >= 1140000) {
          for (u32 i = 0; i < F_CLOSE; i++) {
            if (r->x > 1000 * (1200 + 20 * (int32_t)i) && !r->flag) hit(a, R_CLOSE0 + i, 0, 0);
          }
          for (u32 i = 0; i < F_TABLE; i++) {
            if (r->x >= 1000 * (1140 + 12 * (int32_t)i)) hit(a, R_TABLE0 + i, r->x < 1000 * (1200 + 12 * (int32_t)i) ? 100 * (2 + i) : 100 * (4 + i), 0);
          }
        }
        talks[r->object].closed = r->at;
        break;
      case LK_RATED:
        if (r->x <= 2) {
          for (u32 i = 0; i < F_RATE; i++) {
            if (r->x <= (int32_t)(1 + i % 2)) hit(a, R_RATE0 + i, 100 * (1 + i), 0);
          }
          u32 by_month = ++stars_month[r->person], by_week = ++stars_week[r->person];
          for (u32 i = 0; i < F_RATE_LADDER; i++) {
            u32 nth = i % 2 ? by_week : by_month;
            hit(a, R_STARS0 + i, nth <= 1 + i ? 0 : 100 * (5 + i), nth);
          }
        }
        break;
      case LK_PLACED:
        all[r->object].placed = r->at;
        all[r->object].fen = r->y;
        if (r->y > 85000) {
          for (u32 i = 0; i < F_PLACE; i++) {
            if (r->y > 100 * (850 + 10 * (int32_t)i) && r->x >= (int32_t)(3 + i % 3)) hit(a, R_PLACE0 + i, ((i64)r->y * (1 + i % 4) + 50) / 100, 0);
          }
        }
        break;
      case LK_PAID: all[r->object].paid = r->at; break;
      case LK_NOTED:
        if (r->flag && all[r->object].noted == 0) all[r->object].noted = r->at;
        break;
      case LK_CHECKED:
        if (all[r->object].checked == 0) all[r->object].checked = r->at;
        if (r->x == 1 && all[r->object].checked_as[0] == 0) all[r->object].checked_as[0] = r->at;
        if (r->x == 0 && all[r->object].checked_as[1] == 0) all[r->object].checked_as[1] = r->at;
        break;
      case LK_REMINDED:
        if (all[r->object].reminded == 0) all[r->object].reminded = r->at;
        break;
      case LK_FOUND:
        if (r->x < F_LADDER) {
          u32 nth = ++ladder[r->x][r->person];
          hit(a, R_LADDER0 + (u32)r->x, nth == 1 ? 100 * (10 + r->x) : nth <= 3 ? 100 * (20 + 2 * r->x) : 0, nth);
        } else if (r->x < 30 + F_PAY && r->y >= 100 * (r->x - 30)) {
          pay[r->x - 30][r->person]++;
        }
        break;
      case LK_OPENED:
        if (!r->flag) {
          day = (r->at + LOAD_ZONE) % MS_DAY;
          for (u32 i = 0; i < F_OPEN; i++) {
            if (day > (10 + (i64)i) * MS_HOUR) hit(a, R_OPEN0 + i, 0, 0);
          }
        }
        break;
      case LK_EXAMINED:
        if (!r->flag) {
          for (u32 i = 0; i < F_EXAM; i++) {
            if (r->y < 100 * (41 + (int32_t)i)) hit(a, R_EXAM0 + i, 0, 0);
          }
        }
        break;
      case LK_COUNT: break;
    }
  }
  settle(a);
  for (u32 i = 0; i < l->conversations; i++) {
    if (talks[i].first) first_replies(&talks[i], l->to, a);
  }
  for (u32 i = 0; i < l->orders; i++) {
    if (all[i].placed) orders(&all[i], l->to, a);
  }
  free(talks);
  free(all);
}
