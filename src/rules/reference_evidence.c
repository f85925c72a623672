/* The reference's evidence: the facts a consequence stands on. Its trigger; of a duty also the deadline, what ended the sum, and automatic
 * replies that do not count; of a rank those before it in the window; of words the message they stood in; of a settlement by points
 * what moved them. */
#include "rules/reference_parts.h"

struct listing {
  struct arena *a;
  LIST_OF(struct evidence) all;
};

static void list(struct listing *l, const struct ref_fact *f, const char *role) {
  ADD(l->a, l->all) = (struct evidence){.event_id = f->id, .kind = event_kind_all(NULL)[f->kind].en, .at_ms = f->at, .role = role};
}

static bool answers_itself(const struct ref_cons *c, const struct ref_fact *f) {
  return f->kind == EVENT_conversation_auto_replied && !f->dead && f->at >= c->duty->started && f->at < c->stop_at &&
         str_eq(ref_object_of(f, RN_CONVERSATION), c->out.object);
}

/* The account that an expression looks at. */
static const struct lang_score *account_in(const struct lang_program *program, const struct lang_expr *x) {
  if (x == NULL) return NULL;
  const struct lang_score *s = (x->kind == LX_PATH || x->kind == LX_CALL) && x->path.count == 1 ? ref_score_named(program, x->path.text) : NULL;
  if (s == NULL) s = account_in(program, x->a);
  for (size_t i = 0; s == NULL && i < x->arg_count; i++) s = account_in(program, x->args[i]);
  return s ? s : account_in(program, x->b);
}

static const struct lang_score *account_of(const struct ref_cons *c) {
  const struct lang_settle *settle = c->rule->type == RR_SETTLE ? c->rule->item->settle : NULL;
  const struct lang_score *s = NULL;
  for (size_t i = 0; settle && i < settle->statement_count; i++) {
    const struct lang_tier *t = settle->statements[i].tier;
    for (size_t k = 0; t && s == NULL && k < t->column_count; k++) s = account_in(c->rule->version->program, t->columns[k]);
  }
  return s;
}

void ref_evidence(struct ref *r, const struct ref_cons *c, struct consequence *out) {
  struct listing l = {.a = r->a};
  const struct lang_score *account = account_of(c);
  if (c->trigger) {
    list(&l, c->trigger, c->of_duty ? "start" : "counted");
    bool forbidden = c->trigger->kind == EVENT_conversation_forbidden_word, of_words = forbidden || c->trigger->kind == EVENT_conversation_phrase_missing;
    struct value message = ref_field(c->trigger, "消息"), edit = forbidden ? ref_field(c->trigger, "改动") : value_absent();
    if (edit.type == V_TEXT) message = edit; /* the words came in when it was changed */
    if (of_words && message.type == V_TEXT) ADD(l.a, l.all) = (struct evidence){.event_id = message.s, .kind = "message", .at_ms = c->trigger->at, .role = "context"};
  }
  for (size_t i = 0; i < c->counted.n; i++) {
    if (c->counted.p[i] != c->trigger) list(&l, c->counted.p[i], "counted");
  }
  if (c->of_duty) {
    ADD(l.a, l.all) = (struct evidence){.kind = "deadline", .at_ms = c->due, .role = "deadline"};
    if (c->stop) list(&l, c->stop, "stop");
    for (size_t i = 0; c->duty->noun == RN_CONVERSATION && i < r->history.n; i++) {
      if (answers_itself(c, r->history.p[i])) list(&l, r->history.p[i], "not_counted");
    }
  }
  if (account) {
    struct ref_env env = ref_env_of(r, c->rule, c->out.occurred_ms - 1, NULL);
    ref_facts moved = {0};
    ref_score_moved_by(&env, account, c->out.subject, c->out.occurred_ms - 1, &moved);
    for (size_t i = 0; i < moved.n; i++) list(&l, moved.p[i], "counted");
  }
  out->evidence = l.all.p;
  out->evidence_count = l.all.n;
  if (c->trigger) out->trigger = c->trigger->id;
  if (c->cause) out->cause = ref_hex(r, "", c->cause->id);
}
