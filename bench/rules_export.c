/* The benchmark's log and answers as files for the programs it is set beside: rows and answers as CSV for SQL, facts and rules
 * for CLIPS. Every row of the rows file is one row of the log; answers are per rule of the book, in its order. */
#include "bench_rules.h"

#include <stdio.h>
#include <stdlib.h>

static FILE *create(const char *folder, const char *name) {
  char path[1000];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen(path, "w");
  if (f == NULL) {
    perror(path);
    exit(1);
  }
  return f;
}

static void done(FILE *f) {
  if (fclose(f) == 0) return;
  perror("writing");
  exit(1);
}

void export_sql(const struct load *l, const struct answers *a, const char *folder) {
  FILE *f = create(folder, "rows.csv");
  fputs("at_ms,kind,flag,person,object,seq,x,y\n", f);
  for (u64 i = 0; i < l->n; i++) {
    const struct load_row *r = &l->rows[i];
    fprintf(f, "%lld,%d,%d,%u,%u,%u,%d,%d\n", (long long)r->at, r->kind, r->flag, r->person, r->object, r->seq, r->x, r->y);
  }
  done(f);
  f = create(folder, "answers.csv");
  fputs("n,fen,ordinals\n", f);
  for (u32 i = 0; i < LOAD_RULES; i++) fprintf(f, "%llu,%lld,%llu\n", (unsigned long long)a->of[i].n, (long long)a->of[i].fen, (unsigned long long)a->of[i].ordinals);
  done(f);
  f = create(folder, "until.txt");
  fprintf(f, "%lld\n", (long long)l->to);
  done(f);
}

static void rule(FILE *f, u32 number, const char *fen, const char *left) {
  fprintf(f, "(defglobal ?*n%u* = 0 ?*f%u* = 0)\n(defrule r%u %s => (bind ?*n%u* (+ ?*n%u* 1)) (bind ?*f%u* (+ ?*f%u* %s)))\n", number, number, number, left, number, number, number,
          number, fen);
}

/* The families that CLIPS can say as one pattern each: guards, tables by value, and duties as “no such fact in time”. Ladders,
 * sums by steps and settlements count in an order or by month, which a pattern does not. */
void export_clips(const struct load *l, const struct answers *a, const char *folder) {
  FILE *f = create(folder, "facts.clp");
  for (u64 i = 0; i < l->n; i++) {
    const struct load_row *r = &l->rows[i];
    fprintf(f, "(e (k %d) (at %lld) (flag %d) (p %u) (o %u) (q %u) (x %d) (y %d))\n", r->kind, (long long)r->at, r->flag, r->person, r->object, r->seq, r->x, r->y);
  }
  done(f);
  f = create(folder, "rules.clp");
  FILE *want = create(folder, "want.txt"), *show = create(folder, "show.clp");
  fputs("(deftemplate e (slot k) (slot at) (slot flag) (slot p) (slot o) (slot q) (slot x) (slot y))\n", f);
  char left[600], fen[60];
  u32 n = 0;
  struct {
    u32 first, count;
  } said[] = {{0, F_REPLY}, {F_REPLY, F_CLOSE}, {F_REPLY + F_CLOSE, F_RATE}};
  for (u32 i = 0; i < said[0].count; i++, n++) {
    snprintf(left, sizeof left, "(e (k 1) (x ?x&:(> ?x %u)) (y ?y&:(< ?y %u)))", 1000 * (40 + 5 * i), 10 + 5 * (i % 7));
    snprintf(fen, sizeof fen, "%u", 100 * (1 + i % 9));
    rule(f, n, fen, left);
  }
  for (u32 i = 0; i < said[1].count; i++, n++) {
    snprintf(left, sizeof left, "(e (k 2) (flag 0) (x ?x&:(> ?x %u)))", 1000 * (1200 + 20 * i));
    rule(f, n, "0", left);
  }
  for (u32 i = 0; i < said[2].count; i++, n++) {
    snprintf(left, sizeof left, "(e (k 3) (x ?x&:(<= ?x %u)))", 1 + i % 2);
    snprintf(fen, sizeof fen, "%u", 100 * (1 + i));
    rule(f, n, fen, left);
  }
  for (u32 i = 0; i < F_PLACE; i++, n++) {
    snprintf(left, sizeof left, "(e (k 4) (x ?x&:(>= ?x %u)) (y ?y&:(> ?y %u)))", 3 + i % 3, 100 * (850 + 10 * i));
    snprintf(fen, sizeof fen, "(div (+ (* ?y %u) 50) 100)", 1 + i % 4);
    rule(f, n, fen, left);
  }
  u32 table = n + F_OPEN + F_EXAM + F_LADDER + F_RATE_LADDER, note = table + F_TABLE + F_FIRST, remind = note + F_NOTE + F_CHECK;
  for (u32 i = 0; i < F_TABLE; i++) {
    snprintf(left, sizeof left, "(e (k 2) (x ?x&:(>= ?x %u)))", 1000 * (1140 + 12 * i));
    snprintf(fen, sizeof fen, "(if (< ?x %u) then %u else %u)", 1000 * (1200 + 12 * i), 100 * (2 + i), 100 * (4 + i));
    rule(f, table + i, fen, left);
  }
  for (u32 i = 0; i < F_NOTE; i++) {
    u32 span = 60000 * (45 + i);
    snprintf(left, sizeof left, "(e (k 5) (o ?o) (y ?y&:(> ?y %u)) (at ?t&:(< (+ ?t %u) %lld))) (not (e (k 6) (flag 1) (o ?o) (at ?n&:(<= ?n (+ ?t %u)))))", 100 * (100 + 70 * i), span,
             (long long)l->to, span);
    snprintf(fen, sizeof fen, "%u", 100 * (3 + i));
    rule(f, note + i, fen, left);
  }
  for (u32 i = 0; i < F_REMIND; i++) {
    u32 span = 60000 * (120 + i);
    snprintf(left, sizeof left,
             "(e (k 4) (o ?o) (y ?y&:(> ?y %u)) (at ?t&:(< (+ ?t %u) %lld))) (not (e (k 8) (o ?o) (at ?n&:(<= ?n (+ ?t %u))))) (not (e (k 5) (o ?o) (at ?m&:(<= ?m (+ ?t %u)))))",
             100 * (200 + 50 * i), span, (long long)l->to, span, span);
    rule(f, remind + i, "0", left);
  }
  done(f);
  u32 ends[4][2] = {{0, n}, {table, table + F_TABLE}, {note, note + F_NOTE}, {remind, remind + F_REMIND}};
  for (u32 k = 0; k < 4; k++) {
    for (u32 i = ends[k][0]; i < ends[k][1]; i++) {
      fprintf(show, "(printout t %u \" \" ?*n%u* \" \" ?*f%u* crlf)\n", i, i, i);
      fprintf(want, "%u %llu %lld\n", i, (unsigned long long)a->of[i].n, (long long)a->of[i].fen);
    }
  }
  done(show);
  done(want);
}
