/* The reference's reading of what people wrote (禁语, 敬语, 话术) and of surveys (问卷). Every text is searched for every word letter by
 * letter; what was said earlier in a conversation is found by reading the conversation again. Only the plain form of a text
 * (base/plain_text.h) is shared with the engine. */
#include "rules/reference_parts.h"

#include <string.h>

static const struct str nothing = {"", 0};
static struct str text_of(struct value v) { return v.type == V_TEXT || v.type == V_REF ? v.s : nothing; }

enum { WORDS_OF_A_MESSAGE = 64 };

/* ---- one text, one word ---- */

/* Where the word first ends in the text as a word of its own; 0: nowhere. *quoted: only inside quotations. */
static size_t word_in(const struct plain_char *text, size_t count, const struct plain_char *word, size_t letters, bool *quoted) {
  size_t first_end = 0;
  *quoted = true;
  for (size_t from = 0; letters && from + letters <= count; from++) {
    size_t same = 0, gaps = 0, stops = 0;
    bool inside = true;
    for (; same < letters && text[from + same].code == word[same].code; same++) {
      gaps += same > 0 && text[from + same].gap;
      stops += same > 0 && text[from + same].stop;
      inside &= text[from + same].quoted;
    }
    if (same < letters) continue;
    if (stops && (letters < 3 || gaps + 1 < letters)) continue; /* a sentence ends inside it */
    if (plain_is_latin(word[0].code) && text[from].joined) continue;
    if (plain_is_latin(word[letters - 1].code) && text[from + letters - 1].joins) continue;
    if (first_end == 0) first_end = from + letters;
    *quoted &= inside;
  }
  return first_end;
}

struct hit {
  struct str text;   /* as the book writes it */
  bool quoted;
  size_t part, end, letters; /* which text of the message, where it ends */
};
typedef LIST_OF(struct hit) ref_hits;

/* Texts of a message: its fields that are text, and what else it carries as text. */
static struct str text_at(const struct ref_fact *f, size_t i) {
  const struct event_kind *kind = &event_kind_all(NULL)[f->kind];
  if (i >= kind->field_count) return f->extra[i - kind->field_count].value.type == V_TEXT ? f->extra[i - kind->field_count].value.s : nothing;
  if (f->kind == EVENT_conversation_edited && strcmp(kind->fields[i].en, "old") == 0) return nothing; /* read when it was said */
  return kind->fields[i].type == FIELD_TEXT && f->written && f->written[i].type == V_TEXT ? f->written[i].s : nothing;
}

static bool comes_before(const struct hit *a, const struct hit *b) {
  if (a->part != b->part) return a->part < b->part;
  if (a->end != b->end) return a->end < b->end;
  return a->letters > b->letters;
}

/* The words of the item that the message holds, in the order in which they end, longer ones first. *written: it holds words at all. */
static ref_hits hits_of(struct ref *r, const struct lang_words *words, const struct ref_fact *f, bool *written) {
  ref_hits hits = {0};
  *written = false;
  if (f->case_type.n && f->extra_count == 0) return hits; /* what was written before stays the case's last word */
  for (size_t i = 0; i < event_kind_all(NULL)[f->kind].field_count + f->extra_count; i++) {
    struct plain_char *text;
    size_t count = plain_chars(r->a, text_at(f, i), &text);
    *written |= count > 0;
    for (size_t k = 0; k < words->text_count; k++) {
      struct plain_char *word;
      struct hit hit = {.text = words->texts[k], .part = i};
      hit.letters = plain_chars(r->a, words->texts[k], &word);
      hit.end = word_in(text, count, word, hit.letters, &hit.quoted);
      bool twice = hit.end == 0;
      for (size_t m = 0; m < hits.n; m++) {
        if (!str_eq(plain_form(r->a, hits.p[m].text), plain_form(r->a, hit.text))) continue;
        if (hit.end) hits.p[m].quoted &= hit.quoted;
        twice = true;
      }
      if (!twice && hits.n < WORDS_OF_A_MESSAGE) ADD(r->a, hits) = hit;
    }
  }
  for (size_t i = 0; i < hits.n; i++) {
    for (size_t k = i + 1; k < hits.n; k++) {
      if (!comes_before(&hits.p[k], &hits.p[i])) continue;
      struct hit swap = hits.p[i];
      hits.p[i] = hits.p[k];
      hits.p[k] = swap;
    }
  }
  return hits;
}

/* 话术组 of a reply that does not name one: the item whose words it holds first. */
void ref_note_group(struct ref *r, struct ref_fact *f) {
  const struct reference_version *v = ref_version_at(r, f->at);
  struct hit first = {0};
  struct str group = nothing;
  if (f->kind != EVENT_conversation_agent_replied || v == NULL || ref_own_field(f, "话术组").type != V_ABSENT) return;
  for (size_t i = 0; i < v->program->item_count; i++) {
    const struct lang_item *item = v->program->items[i];
    bool written;
    if (item->kind != LI_WORDS || item->words->kind != LANG_PHRASES) continue;
    ref_hits hits = hits_of(r, item->words, f, &written);
    if (hits.n == 0 || (group.n && !comes_before(&hits.p[0], &first))) continue;
    first = hits.p[0];
    group = item->words->name.text;
  }
  if (group.n) ref_set(f, "话术组", value_text(group));
}

/* ---- what a finding is ---- */

/* The message that a fact is a state of: a changed one names it. */
static struct str message_of(const struct ref_fact *f) {
  struct str named = f->kind == EVENT_conversation_edited ? text_of(ref_own_field(f, "消息")) : nothing;
  return named.n ? named : f->id;
}

static void finding(struct ref *r, const struct ref_rule *rule, struct ref_fact *f, struct str conversation, const ref_hits *hits) {
  const struct lang_words *words = rule->item->words;
  bool forbidden = words->kind == LANG_FORBIDDEN;
  enum event_kind_id kind = forbidden ? EVENT_conversation_forbidden_word : EVENT_conversation_phrase_missing;
  u64 identity = ref_mix(ref_mix(rule->ident, ref_fact_identity(f)), kind);
  struct str person = ref_person_of(r, f);
  if (ref_is_dead(r, identity)) return;
  size_t count = forbidden ? hits->n : words->text_count;
  struct value *all = ARENA_ARRAY(r->a, struct value, count + 1);
  for (size_t i = 0; i < count; i++) all[i] = value_text(forbidden ? hits->p[i].text : words->texts[i]);
  struct ref_fact *found = ref_derive(r, kind, f->at, ref_hex(r, "d", identity));
  if (conversation.n) ref_set(found, "会话", value_ref(conversation));
  ref_set(found, "当事人", ref_to(RN_PERSON, person));
  ref_set(found, "词组", value_text(words->name.text));
  if (count) ref_set(found, "词", all[0]);
  ref_set(found, "各词", (struct value){.type = V_LIST, .items = all, .count = count});
  ref_set(found, "消息", value_text(message_of(f)));
  if (f->kind == EVENT_conversation_edited && forbidden) ref_set(found, "改动", value_text(f->id));
  ref_set(found, "条款", ref_words(rule->clause));
  ref_queue(r, found);
  const struct lang_tail *tail = ref_violator(rule);
  bool acts = tail && ref_body_acts(&tail->body);
  ref_violation(r, rule, person, conversation, conversation.n ? RN_CONVERSATION : RN_NONE, f->at, 0, "用语", identity, !acts, NULL, found);
  if (!acts) return;
  struct ref_env env = ref_env_of(r, rule, f->at, found);
  env.bearer = person;
  struct ref_site site = ref_site_of(&env, f->at, identity);
  ref_do_body(&site, &tail->body);
}

static bool excepted(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  struct ref_env env = ref_env_of(r, rule, f->at, f);
  const struct lang_expr *unless = ref_unless(rule->item);
  return unless && ref_true(&env, unless);
}

static struct ref_said *said_in(struct ref *r, const struct ref_rule *rule, struct str conversation) {
  for (size_t i = 0; i < r->said.n; i++) {
    if (r->said.p[i].ident == rule->ident && str_eq(r->said.p[i].conversation, conversation)) return &r->said.p[i];
  }
  ADD(r->a, r->said) = (struct ref_said){.ident = rule->ident, .conversation = conversation};
  return &r->said.p[r->said.n - 1];
}

static bool customer_said(struct ref *r, const struct ref_rule *rule, const struct ref_fact *self, struct str conversation, struct str word) {
  for (size_t i = 0; i < r->history.n; i++) {
    const struct ref_fact *f = r->history.p[i];
    bool written;
    if (f == self || f->dead || f->kind != EVENT_conversation_customer_spoke || !str_eq(ref_object_of(f, RN_CONVERSATION), conversation)) continue;
    const struct reference_version *v = ref_version_at(r, f->at); /* a version listens while it is in force */
    bool listens = false;
    for (size_t k = 0; k < r->rules.n; k++) listens |= r->rules.p[k]->version == v && r->rules.p[k]->ident == rule->ident;
    ref_hits hits = hits_of(r, rule->item->words, f, &written);
    for (size_t k = 0; listens && k < hits.n; k++) {
      if (str_eq(plain_form(r->a, hits.p[k].text), plain_form(r->a, word))) return true;
    }
  }
  return false;
}

/* A word inside a quotation does not count when the customer said it earlier in that conversation. */
static void forbidden_words(struct ref *r, const struct ref_rule *rule, struct ref_fact *f, struct str conversation) {
  const struct lang_words *words = rule->item->words;
  bool written;
  ref_hits hits = hits_of(r, words, f, &written), kept = {0};
  for (size_t i = 0; i < hits.n; i++) {
    if (hits.p[i].quoted && conversation.n && customer_said(r, rule, f, conversation, hits.p[i].text)) continue;
    ADD(r->a, kept) = hits.p[i];
  }
  if (kept.n == 0 || excepted(r, rule, f)) return;
  if (words->per.text.n && conversation.n) { /* once in a conversation */
    struct ref_said *said = said_in(r, rule, conversation);
    if (said->found) return;
    said->found = true;
  }
  for (size_t i = 0; i < r->broken.n && conversation.n; i++) { /* one message breaks one item once */
    if (r->broken.p[i].ident == rule->ident && str_eq(r->broken.p[i].message, message_of(f))) return;
  }
  if (conversation.n) ADD(r->a, r->broken) = (struct ref_broken){.ident = rule->ident, .message = message_of(f)};
  finding(r, rule, f, conversation, &kept);
}

static void expected_words(struct ref *r, const struct ref_rule *rule, struct ref_fact *f, struct str conversation, bool whole) {
  bool written;
  ref_hits hits = hits_of(r, rule->item->words, f, &written);
  if (!written) return; /* a picture says no words */
  if (!whole) {
    if (hits.n == 0 && !excepted(r, rule, f)) finding(r, rule, f, conversation, NULL);
    return;
  }
  if (conversation.n == 0) return;
  struct ref_said *said = said_in(r, rule, conversation);
  said->written = true;
  said->word |= hits.n > 0;
}

static void conversation_over(struct ref *r, const struct ref_rule *rule, struct ref_fact *f, struct str conversation) {
  struct ref_said *said = said_in(r, rule, conversation);
  if (conversation.n == 0) return;
  said->written_before = said->written;
  said->word_before = said->word;
  said->end = f;
  said->written = said->word = false;
  if (said->written_before && !said->word_before && !excepted(r, rule, f)) finding(r, rule, f, conversation, NULL);
}

/* 会话.重开: another turn; with 撤销 the end was none, and nothing was missing. */
static void opened_again(struct ref *r, const struct ref_rule *rule, struct ref_fact *f, struct str conversation) {
  struct ref_said *said = said_in(r, rule, conversation);
  struct value undo = ref_own_field(f, "撤销");
  if (conversation.n == 0) return;
  if (undo.type != V_BOOL || !undo.i) {
    said->written = said->word = said->found = false;
    return;
  }
  if (said->end == NULL || rule->item->words->kind != LANG_EXPECTED) return;
  u64 missing = ref_mix(ref_mix(rule->ident, ref_fact_identity(said->end)), EVENT_conversation_phrase_missing);
  said->written |= said->written_before;
  said->word |= said->word_before;
  said->end = NULL;
  if (!said->written_before || said->word_before || ref_is_dead(r, missing)) return;
  ADD(r->a, r->dead) = missing;
  r->again = r->cut = true;
}

void ref_words_rule(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  const struct lang_words *words = rule->item->words;
  struct str conversation = ref_object_of(f, RN_CONVERSATION);
  struct ref_env env = ref_env_of(r, rule, f->at, f);
  bool here = words->has_at ? ref_fits(&env, words->at_event.events, words->at_event.event_count, words->at_event.where, f)
                            : f->kind == EVENT_conversation_agent_replied || f->kind == EVENT_conversation_edited;
  bool whole = words->kind == LANG_EXPECTED && (!words->has_at || words->per.text.n);
  if (words->kind == LANG_PHRASES) return;
  if (here && words->kind == LANG_FORBIDDEN) forbidden_words(r, rule, f, conversation);
  if (here && words->kind == LANG_EXPECTED) expected_words(r, rule, f, conversation, whole);
  if (whole && f->kind == EVENT_conversation_closed) conversation_over(r, rule, f, conversation);
  if ((whole || words->per.text.n) && f->kind == EVENT_conversation_reopened) opened_again(r, rule, f, conversation);
}

/* ---- 问卷 ---- */

const struct lang_survey *ref_survey_named(const struct lang_program *program, struct str name) {
  for (size_t i = 0; program && i < program->item_count; i++) {
    if (program->items[i]->kind == LI_SURVEY && str_eq(program->items[i]->survey->name.text, name)) return program->items[i]->survey;
  }
  return NULL;
}

static struct str customer_of(struct ref *r, const struct ref_fact *f) {
  struct str who = ref_object_of(f, RN_CUSTOMER);
  for (int noun = RN_CONVERSATION; noun <= RN_ORDER && who.n == 0; noun++) {
    struct value v;
    struct str id = ref_object_of(f, (enum ref_noun)noun);
    if (id.n && ref_attribute(r, (enum ref_noun)noun, id, STR("客户"), &v) && v.type == V_REF) who = v.s;
  }
  return who;
}

void ref_send_survey(struct ref *r, const struct ref_rule *rule, struct ref_fact *f) {
  const struct lang_survey *s = rule->item->survey;
  struct str customer = customer_of(r, f), to = customer;
  struct ref_env env = ref_env_of(r, rule, f->at, f);
  if (s->has_to && !str_is(s->to.path.text, "客户") && !str_is(s->to.path.text, "customer")) {
    ref_people who = ref_party(&env, &s->to);
    to = who.n ? who.p[0] : nothing;
  }
  if (to.n == 0) return; /* nobody to ask */
  u64 id = ref_mix(rule->ident, ref_fact_identity(f));
  struct ref_cons c = {.rule = rule, .fact_identity = ref_fact_identity(f), .cap_fen = -1};
  c.out = (struct consequence){.type = C_SEND_FORM, .subject = to, .item = s->name.text, .occurred_ms = f->at};
  c.trigger = f;
  c.id = ref_mix_str(ref_mix(id, C_SEND_FORM), to);
  ref_keep(r, &c);
  struct ref_fact *sent = ref_derive(r, EVENT_survey_sent, f->at, ref_hex(r, "d", ref_mix(id, EVENT_survey_sent)));
  ref_set(sent, "问卷", value_text(s->name.text));
  ref_set(sent, "客户", ref_to(RN_CUSTOMER, customer));
  ref_set(sent, "被评人", ref_to(RN_PERSON, ref_person_of(r, f)));
  ref_queue(r, sent);
}

void ref_send_round(struct ref *r, const struct ref_rule *rule, i64 at) {
  const struct lang_survey *s = rule->item->survey;
  struct ref_env env = ref_env_of(r, rule, at, NULL);
  ref_people who = {0};
  if (s->has_to) who = ref_party(&env, &s->to);
  for (size_t i = 0; i < who.n; i++) {
    if (str_starts(who.p[i], STR("role:"))) continue;
    u64 id = ref_mix_str(ref_mix(rule->ident, (u64)at), who.p[i]);
    struct ref_fact *sent = ref_derive(r, EVENT_survey_sent, at, ref_hex(r, "d", ref_mix(id, EVENT_survey_sent)));
    ref_set(sent, "问卷", value_text(s->name.text));
    ref_set(sent, "对象", ref_to(RN_PERSON, who.p[i]));
    struct ref_cons c = {.rule = rule, .fact_identity = ref_fact_identity(sent), .cap_fen = -1};
    c.out = (struct consequence){.type = C_SEND_FORM, .subject = who.p[i], .item = s->name.text, .occurred_ms = at};
    c.trigger = sent;
    c.id = ref_mix_str(ref_mix(id, C_SEND_FORM), who.p[i]);
    ref_keep(r, &c);
    ref_queue(r, sent);
  }
}

/* An answer counts when it is one to this survey and came in time after the last sending to that customer; without a sending, too. */
bool ref_survey_counts(struct ref_env *env, const struct lang_survey *s, const struct ref_fact *f) {
  struct ref *r = env->r;
  struct str customer = ref_object_of(f, RN_CUSTOMER);
  const struct ref_fact *last = NULL;
  struct value span;
  if (!str_eq(text_of(ref_own_field(f, "问卷")), s->name.text)) return false;
  if (s->valid == NULL || !ref_eval(env, s->valid, &span)) return true;
  for (size_t i = 0; i < r->history.n; i++) {
    const struct ref_fact *sent = r->history.p[i];
    if (sent->dead || sent->kind != EVENT_survey_sent || sent->at > f->at || !str_eq(text_of(ref_own_field(sent, "问卷")), s->name.text)) continue;
    if (customer.n && !str_eq(ref_object_of(sent, RN_CUSTOMER), customer)) continue;
    struct str asked = text_of(ref_own_field(sent, "对象")), person = ref_person_of(r, f);
    if (s->has_recur && customer.n == 0 && asked.n && person.n && !str_eq(asked, person)) continue;
    if (last == NULL || sent->at >= last->at) last = sent;
  }
  return last == NULL || f->at - last->at <= (span.type == V_DURATION ? span.i : span.i * MS_DAY);
}
