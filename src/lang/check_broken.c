/* A book that could not be read whole is checked all the same: one mistake does not hide the next ten. What is only said because an
 * item is missing — a name that it would have declared, a limit it may have set — is taken out again. */
#include "lang/checker.h"

#include <string.h>

static bool is_broken(const struct lang_program *p, struct str name) {
  for (size_t i = 0; i < p->broken_count; i++)
    for (size_t k = 0; k < p->broken[i].names.count; k++)
      if (str_eq(p->broken[i].names.p[k].text, name)) return true;
  return false;
}

bool lang_is_broken(const struct checker *c, struct str name) { return is_broken(c->p, name); }

static bool any_broken(const struct lang_program *p, enum lang_item_kind kind) {
  for (size_t i = 0; i < p->broken_count; i++)
    if (p->broken[i].kind == kind || p->broken[i].kind == LI_NOT_IN_FORCE) return true; /* who knows what it would have been */
  return false;
}

/* Is one of the names in these words, between dots, brackets and spaces, that of a broken item? */
static bool speaks_of_broken(const struct lang_program *p, struct str words) {
  size_t from = 0;
  for (size_t at = 0; at <= words.n; at++) {
    bool end = at == words.n || strchr(".()#, \n", words.p[at]) != NULL;
    if (!end) continue;
    if (at > from && is_broken(p, str_slice(words, from, at))) return true;
    from = at + 1;
  }
  return false;
}

static bool in_broken_case(const struct lang_program *p, const struct lang_diagnostic *m) {
  for (size_t i = 0; i < p->broken_count; i++)
    if (p->broken[i].kind == LI_CASE && m->at.from >= p->broken[i].at.from && m->at.from < p->broken[i].at.to) return true;
  return false;
}

static bool in_broken_clause(const struct lang_program *p, const struct lang_diagnostic *m) {
  for (size_t i = 0; i < p->broken_count; i++) {
    const struct lang_clause *clause = p->broken[i].clause;
    if (clause && m->at.from >= clause->from && m->at.from < clause->to) return true;
  }
  return false;
}

static bool only_follows(const struct lang_program *p, const struct lang_diagnostic *m) {
  struct str key = m->key;
  if (str_starts(key, STR("lang.unknown_")) || str_starts(key, STR("lang.swallowed")) || str_is(key, "lang.never") || str_is(key, "lang.time_expected")) {
    return speaks_of_broken(p, lang_text(p, m->at)) || (str_is(key, "lang.unknown_score") && any_broken(p, LI_SCORE)) || (str_is(key, "lang.unknown_hours") && any_broken(p, LI_HEADER));
  }
  if (str_is(key, "lang.score_missing")) return any_broken(p, LI_SCORE);
  if (str_starts(key, STR("lang.prose_"))) return in_broken_clause(p, m);
  if (str_is(key, "lang.no_header")) return any_broken(p, LI_HEADER);
  if (str_is(key, "lang.law_no_limit")) return any_broken(p, LI_LIMIT) || any_broken(p, LI_SETTLE) || any_broken(p, LI_HEADER);
  if (str_is(key, "lang.exception_apart")) return p->broken_count > 0;
  return (str_is(key, "lang.state_unreachable") || str_is(key, "lang.no_flow") || str_is(key, "lang.subject_field")) && in_broken_case(p, m);
}

void lang_drop_follow_ups(struct checker *c, size_t first) {
  struct lang_diagnostics *d = c->d;
  size_t kept = first;
  for (size_t i = first; i < d->count; i++) {
    if (c->p->broken_count && only_follows(c->p, &d->items[i])) {
      if (d->items[i].severity == LANG_ERROR) d->errors--;
      else d->warnings--;
      continue;
    }
    d->items[kept++] = d->items[i];
  }
  d->count = kept;
}
