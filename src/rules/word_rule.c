/* 禁语, 敬语, 话术: words found in what people write. As a fact with a text is stored, the text is searched once for the words
 * of all versions and what was found is kept with the fact; the text itself is not. A judgement then only compares numbers.
 *
 * A word inside a quotation does not count when the customer said it earlier in that conversation: who repeats a question is
 * not its author. One message breaks one item once, however many of its words it holds; all of them are named.
 *
 * A message that was changed afterwards (会话.改消息) is read again: every state of it that the customer could see counts, the first one
 * also when the words were taken out of it later. It is still one message: a change breaks an item only that no state before it broke.
 *
 * 每 会话 means every turn of a conversation: from its opening, or its being opened again (会话.重开), to its end. An end that was undone
 * (会话.重开 with 撤销) was none: the turn goes on, and what was found missing there is taken back. */
#include "rules/slice.h"
#include "rules/word_finder.h"

#include <stdlib.h>
#include <string.h>

enum { FOUND_MOST = 64 }; /* different words of one message that are kept */
enum said { SAID_WRITTEN = 1, SAID_WORD = 2, SAID_FOUND = 4 }; /* about one conversation and one item */

struct sought {
  struct word_finder *finder;
  VEC(sym) words;                    /* plain form by the finder's number */
  VEC(bool) kept;                    /* by the same: of a 禁语 or 敬语, so facts keep that it was found */
  bool reads[EVENT_KIND_COUNT];      /* texts of these kinds are searched */
  bool marks[EVENT_KIND_COUNT];      /* … and that there was one is kept */
  struct arena *letters;
  sym mark, group;
  bool stale;                        /* words were added since the finder was built */
};

static struct sought *sought_of(struct engine *e) {
  if (e->sought) return e->sought;
  struct sought *s = calloc(1, sizeof *s);
  BUG_IF(s == NULL);
  s->finder = word_finder_new();
  s->letters = arena_new((size_t)1 << 30);
  s->mark = intern_sym(&e->names, STR("·词"));
  s->group = intern_sym(&e->names, STR("话术组"));
  return e->sought = s;
}

void words_free(struct engine *e) {
  struct sought *s = e->sought;
  if (s == NULL) return;
  word_finder_free(s->finder);
  VEC_FREE(s->words);
  VEC_FREE(s->kept);
  arena_free(s->letters);
  free(s);
  e->sought = NULL;
}

/* ---- compiling ---- */

static void reads(struct engine *e, const struct rule *r, bool marks) {
  for (u32 i = 0; i < r->starts.n; i++) {
    if (r->starts.p[i].kind < 0) continue;
    e->sought->reads[r->starts.p[i].kind] = true;
    if (marks) e->sought->marks[r->starts.p[i].kind] = true;
  }
}

static void kind_alt(struct engine *e, struct rule *r, enum event_kind_id kind) {
  struct alt *grown = ARENA_ARRAY(e->build, struct alt, r->starts.n + 1);
  if (r->starts.n) memcpy(grown, r->starts.p, r->starts.n * sizeof *grown);
  grown[r->starts.n] = (struct alt){.kind = (int)kind};
  r->starts.p = grown;
  r->starts.n++;
}

/* The places stand first in `starts`; after them, r->places on, the customer's message (quotations), the end (每 会话), the next turn. */
void words_compile(struct engine *e, struct version *v, struct rule *r) {
  const struct lang_words *w = r->item->words;
  struct sought *s = sought_of(e);
  sym *words = ARENA_ARRAY(e->program, sym, w->text_count ? w->text_count : 1);
  for (size_t i = 0; i < w->text_count; i++) {
    struct str plain = plain_form(e->scratch, w->texts[i]);
    u32 number = word_finder_add(s->finder, plain);
    if (number == NO_WORD) continue;
    if (number == s->words.n) {
      *VEC_PUSH(s->words) = intern_sym(&e->names, plain);
      *VEC_PUSH(s->kept) = false;
    }
    if (w->kind != LANG_PHRASES) s->kept.p[number] = true;
    words[i] = s->words.p[number];
  }
  s->stale = true;
  r->words = words;
  if (w->has_at) {
    compile_alts(e, v, w->at_event.events, w->at_event.event_count, w->at_event.where, &r->starts);
  } else {
    kind_alt(e, r, EVENT_conversation_agent_replied);
    kind_alt(e, r, EVENT_conversation_edited);
  }
  reads(e, r, w->kind == LANG_EXPECTED);
  r->places = r->starts.n;
  if (w->kind == LANG_PHRASES) {
    r->starts.n = 0; /* nothing to judge */
  } else if (w->kind == LANG_FORBIDDEN) {
    kind_alt(e, r, EVENT_conversation_customer_spoke);
    s->reads[EVENT_conversation_customer_spoke] = true;
    if (w->per.text.n) kind_alt(e, r, EVENT_conversation_reopened);
  } else if (!w->has_at || w->per.text.n) {
    kind_alt(e, r, EVENT_conversation_closed);
    kind_alt(e, r, EVENT_conversation_reopened);
  }
}

/* ---- storing ---- */

struct found_words {
  struct engine *e;
  u32 n;
  struct word_found p[FOUND_MOST];
  const struct version *v; /* in force then */
  const struct rule *group; /* the 话术 whose words come first */
};

static const struct rule *group_of(struct engine *e, const struct version *v, sym word) {
  for (u32 i = 0; v && i < v->rule_count; i++) {
    const struct rule *r = &e->rules.p[v->first_rule + i];
    if (r->type != R_WORDS || r->item->words->kind != LANG_PHRASES) continue;
    for (size_t k = 0; k < r->item->words->text_count; k++) {
      if (r->words[k] == word) return r;
    }
  }
  return NULL;
}

static void found_word(void *ctx, const struct word_found *w) {
  struct found_words *all = ctx;
  const struct sought *s = all->e->sought;
  if (all->group == NULL) all->group = group_of(all->e, all->v, s->words.p[w->word]);
  if (!s->kept.p[w->word]) return;
  for (u32 i = 0; i < all->n; i++) {
    if (all->p[i].word != w->word) continue;
    all->p[i].quoted &= w->quoted;
    return;
  }
  if (all->n < FOUND_MOST) all->p[all->n++] = *w;
}

static void push_pair(struct engine *e, u32 ref, struct cell value) {
  if (e->cells.n + 2 > e->cells.room) e->cells.p = vec_room(e->cells.p, &e->cells.room, e->cells.n + 2, sizeof *e->cells.p);
  e->cells.p[e->cells.n++] = (struct cell){.s = e->sought->mark, .type = V_TEXT};
  e->cells.p[e->cells.n++] = value;
  e->facts.p[ref].extra++;
}

/* 话术组 of a reply that does not name it: the item whose words it holds, in the version in force then. */
static void note_group(struct engine *e, u32 ref, const struct rule *group) {
  int field = field_of_word(e, e->facts.p[ref].kind, e->sought->group);
  if (field < 0 || e->cells.p[e->facts.p[ref].cells + (u32)field].type != V_ABSENT) return;
  struct value name = value_text(group->item->words->name.text);
  e->cells.p[e->facts.p[ref].cells + (u32)field] = value_cell(e, &name, true);
}

/* Search the texts of the fact just stored; its cells are the last ones. */
void words_note(struct engine *e, u32 ref, const struct event *event) {
  struct sought *s = e->sought;
  u32 kind = (u32)event_kind_index(event->kind);
  if (s == NULL || !s->reads[kind]) return;
  if (event->case_type.n && event->extra_count == 0) return; /* what was written before stays the case's last word */
  if (s->stale) word_finder_build(s->finder);
  s->stale = false;
  struct found_words all = {.e = e, .v = kind == EVENT_conversation_agent_replied ? version_at(e, e->facts.p[ref].at) : NULL};
  bool written = false;
  for (size_t i = 0; i < event->kind->field_count + event->extra_count; i++) {
    bool own = i < event->kind->field_count;
    const struct value *v = own ? &event->fields[i] : &event->extra[i - event->kind->field_count].value;
    if (v->type != V_TEXT || v->s.n == 0 || (own && event->kind->fields[i].type != FIELD_TEXT)) continue;
    if (own && kind == EVENT_conversation_edited && strcmp(event->kind->fields[i].en, "old") == 0) continue; /* was read when it was said */
    arena_reset(s->letters);
    written |= word_finder_find(s->finder, s->letters, v->s, found_word, &all);
  }
  if (all.group) note_group(e, ref, all.group);
  for (u32 i = 0; i < all.n; i++) push_pair(e, ref, (struct cell){.i = all.p[i].quoted, .s = s->words.p[all.p[i].word], .type = V_TEXT});
  if (written && all.n == 0 && s->marks[kind]) push_pair(e, ref, (struct cell){.type = V_TEXT});
}

/* ---- judging ---- */

struct hit {
  sym word;
  bool quoted;
};

/* The words of the item that the fact holds, in the order of the text; *written: it holds a text at all. */
static u32 hits_of(struct engine *e, const struct rule *r, u32 ref, struct hit *out, bool *written) {
  const struct fact *f = fact_of(e, ref);
  const struct cell *at = (f->derived ? &e->s.derived_cells.p[f->cells] : &e->cells.p[f->cells]) + event_kind_all(NULL)[f->kind].field_count;
  u32 n = 0;
  *written = false;
  for (u32 i = 0; i < f->extra; i++) {
    if (at[2 * i].s != e->sought->mark) continue;
    *written = true;
    for (size_t k = 0; k < r->item->words->text_count && n < FOUND_MOST; k++) {
      if (at[2 * i + 1].s == 0 || r->words[k] != at[2 * i + 1].s) continue;
      out[n++] = (struct hit){at[2 * i + 1].s, at[2 * i + 1].i != 0};
      break;
    }
  }
  return n;
}

static u64 said_key(const struct rule *r, sym conversation, sym word) { return mix(mix(mix(r->ident, conversation), word), 3); }

/* The message that a fact is a state of: a changed one names it, any other is its own. By it is kept that an item was broken. */
static struct str message_of(struct engine *e, u32 ref) {
  if (fact_of(e, ref)->kind == EVENT_conversation_edited) {
    struct value message = fact_named(e, ref, intern_sym(&e->names, STR("消息")));
    if (message.type == V_TEXT || message.type == V_REF) return message.s;
  }
  return fact_id(e, e->scratch, ref);
}

static u64 broken_key(struct engine *e, const struct rule *r, u32 ref) { return mix(mix(mix_str(0, message_of(e, ref)), r->ident), 5); }

static struct str spelled(const struct rule *r, sym word) {
  for (size_t i = 0; i < r->item->words->text_count; i++)
    if (r->words[i] == word) return r->item->words->texts[i];
  return (struct str){"", 0};
}

/* 会话.禁语 or 会话.缺语, the violation behind it, and what the item itself says follows. */
static void finding(struct engine *e, const struct rule *r, u32 ref, sym conversation, const struct hit *hits, u32 n) {
  const struct fact f = *fact_of(e, ref);
  bool forbidden = r->item->words->kind == LANG_FORBIDDEN;
  enum event_kind_id kind = forbidden ? EVENT_conversation_forbidden_word : EVENT_conversation_phrase_missing;
  u64 identity = mix(mix(r->ident, fact_identity(e, ref)), kind);
  if (is_dead(e, identity)) return;
  sym person = fact_person(e, ref);
  u32 d = fact_derive(e, kind, f.at);
  size_t count = forbidden ? n : r->item->words->text_count;
  struct value *items = ARENA_ARRAY(e->scratch, struct value, count ? count : 1);
  for (size_t i = 0; i < count; i++) items[i] = value_text(forbidden ? spelled(r, hits[i].word) : r->item->words->texts[i]);
  if (conversation) fact_set(e, d, "会话", value_ref(intern_str(&e->names, conversation)));
  if (person) fact_set(e, d, "当事人", ref_value(e, N_PERSON, person));
  fact_set(e, d, "词组", value_text(r->item->words->name.text));
  if (count) fact_set(e, d, "词", items[0]);
  fact_set(e, d, "各词", (struct value){.type = V_LIST, .items = items, .count = count});
  fact_set(e, d, "消息", value_text(message_of(e, ref)));
  if (f.kind == EVENT_conversation_edited && forbidden) fact_set(e, d, "改动", value_text(fact_id(e, e->scratch, ref)));
  fact_set(e, d, "条款", text_value(e, r->clause));
  fact_of(e, d)->id = hex_sym(&e->names, 'd', identity);
  queue_derived(e, d);
  e->used = true;
  bool acts = r->violator && body_acts(&r->violator->body);
  struct violation v = {.rule = r, .person = person, .object = conversation, .noun = conversation ? N_CONVERSATION : N_NONE, .at = f.at, .source = "用语",
                        .cause = d, .duty = NONE, .identity = identity, .bare = !acts};
  act_violation(e, &v);
  if (!acts) return;
  struct env env = env_new(e, r->version, r, f.at, d);
  env.bearer = person;
  struct act_site site = site_new(&env, f.at, identity);
  env.ordinal = &site.ordinal;
  act_run_body(&site, &r->violator->body);
}

static bool excepted(struct engine *e, const struct rule *r, u32 ref) {
  struct env env = env_new(e, r->version, r, fact_of(e, ref)->at, ref);
  return r->unless && eval_true(&env, r->unless);
}

static bool undoes(struct engine *e, u32 ref) { return fact_bool(e, ref, field_of_word(e, fact_of(e, ref)->kind, intern_sym(&e->names, STR("撤销")))); }

static void forbidden_rule(struct engine *e, const struct rule *r, u32 alt, u32 ref, sym conversation) {
  struct hit hits[FOUND_MOST];
  bool written;
  u32 n = hits_of(e, r, ref, hits, &written), kept = 0;
  if (alt >= r->places && fact_of(e, ref)->kind == EVENT_conversation_reopened) {
    u64 *said = conversation && !undoes(e, ref) ? table_get(&e->s.said, said_key(r, conversation, 0)) : NULL;
    if (said) *said &= ~(u64)SAID_FOUND; /* another turn */
    return;
  }
  if (alt >= r->places) { /* the customer said it */
    for (u32 i = 0; conversation && i < n; i++) *table_at(&e->s.said, said_key(r, conversation, hits[i].word), NULL) = SAID_WORD;
    return;
  }
  for (u32 i = 0; i < n; i++) {
    if (hits[i].quoted && conversation && table_get(&e->s.said, said_key(r, conversation, hits[i].word))) continue;
    hits[kept++] = hits[i];
  }
  if (kept == 0 || excepted(e, r, ref)) return;
  if (r->item->words->per.text.n && conversation) {
    u64 *said = table_at(&e->s.said, said_key(r, conversation, 0), NULL);
    if (*said & SAID_FOUND) return;
    *said |= SAID_FOUND;
  }
  if (conversation) { /* a message has several states only in a conversation */
    u64 *broken = table_at(&e->s.said, broken_key(e, r, ref), NULL);
    if (*broken & SAID_FOUND) return;
    *broken |= SAID_FOUND;
  }
  finding(e, r, ref, conversation, hits, kept);
}

enum { OF_ENDED = 1, END_ID, END_AT }; /* kept beside the turn at hand: what was said in the one that ended, and the end */
static u64 turn_key(const struct rule *r, sym conversation, u64 what) { return mix(said_key(r, conversation, 0), what); }

/* The turn is over: were the words in it? */
static void turn_ends(struct engine *e, const struct rule *r, u32 ref, sym conversation) {
  u64 *said = table_get(&e->s.said, said_key(r, conversation, 0)), was = said ? *said : 0;
  if (said) *said = 0;
  *table_at(&e->s.said, turn_key(r, conversation, OF_ENDED), NULL) = was;
  *table_at(&e->s.said, turn_key(r, conversation, END_ID), NULL) = fact_identity(e, ref);
  *table_at(&e->s.said, turn_key(r, conversation, END_AT), NULL) = (u64)fact_of(e, ref)->at;
  if (was & SAID_WRITTEN && !(was & SAID_WORD) && !excepted(e, r, ref)) finding(e, r, ref, conversation, NULL, 0);
}

/* It had not ended: what was said before counts, and nothing was missing. */
static void end_is_undone(struct engine *e, const struct rule *r, sym conversation) {
  u64 *end = table_get(&e->s.said, turn_key(r, conversation, END_ID));
  if (end == NULL || *end == 0) return;
  u64 identity = mix(mix(r->ident, *end), EVENT_conversation_phrase_missing);
  *end = 0;
  u64 was = *table_at(&e->s.said, turn_key(r, conversation, OF_ENDED), NULL), at = *table_at(&e->s.said, turn_key(r, conversation, END_AT), NULL);
  *table_at(&e->s.said, said_key(r, conversation, 0), NULL) |= was;
  if (e->slice) slice_escape(e, "an end that was undone");
  if (was & SAID_WRITTEN && !(was & SAID_WORD)) act_take_back(e, identity, (i64)at);
}

static void expected_rule(struct engine *e, const struct rule *r, u32 alt, u32 ref, sym conversation) {
  struct hit hits[FOUND_MOST];
  bool written, whole = r->starts.n > r->places; /* judged when the conversation ends */
  if (alt >= r->places && conversation == 0) return;
  if (alt >= r->places && fact_of(e, ref)->kind == EVENT_conversation_closed) {
    turn_ends(e, r, ref, conversation);
    return;
  }
  if (alt >= r->places && undoes(e, ref)) {
    end_is_undone(e, r, conversation);
    return;
  }
  if (alt >= r->places) { /* another turn: what is written after an end belongs to none */
    u64 *said = table_get(&e->s.said, said_key(r, conversation, 0));
    if (said) *said = 0;
    return;
  }
  u32 n = hits_of(e, r, ref, hits, &written);
  if (!written) return; /* a picture says no words */
  if (!whole) {
    if (n == 0 && !excepted(e, r, ref)) finding(e, r, ref, conversation, NULL, 0);
    return;
  }
  if (conversation) *table_at(&e->s.said, said_key(r, conversation, 0), NULL) |= SAID_WRITTEN | (n ? SAID_WORD : 0);
}

void words_rule(struct engine *e, const struct rule *r, u32 alt, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  sym conversation = fact_sym(e, ref, e->f_object[f.kind][N_CONVERSATION]);
  if (r->item->words->kind == LANG_FORBIDDEN) forbidden_rule(e, r, alt, ref, conversation);
  else expected_rule(e, r, alt, ref, conversation);
}

/* ---- while it is being written ---- */

enum { HITS_MOST = 64, WANTED_MOST = 16, INSTEAD_MOST = 16 };

struct spotting {
  u32 n;
  struct word_found p[HITS_MOST];
};

static void spotted(void *ctx, const struct word_found *w) {
  struct spotting *all = ctx;
  if (all->n < HITS_MOST) all->p[all->n++] = *w;
}

static bool about_replies(const struct rule *r, enum lang_words_kind kind) {
  if (r->type != R_WORDS || r->item->words->kind != kind) return false;
  for (u32 i = 0; i < r->places; i++)
    if (r->starts.p[i].kind == EVENT_conversation_agent_replied) return true;
  return false;
}

static bool said_before(struct engine *e, const struct rule *r, sym conversation, sym word) {
  return conversation && table_get(&e->s.said, said_key(r, conversation, word)) != NULL;
}

size_t engine_words(struct engine *e, struct arena *a, struct str conversation, struct str text, i64 at_ms, const struct word_hit **out) {
  struct sought *s = e->sought;
  const struct version *v = version_at(e, at_ms);
  struct spotting all = {.n = 0};
  struct word_hit *hits = ARENA_ARRAY(a, struct word_hit, HITS_MOST);
  size_t n = 0;
  *out = hits;
  if (s == NULL || v == NULL) return 0;
  if (s->stale) word_finder_build(s->finder);
  s->stale = false;
  arena_reset(s->letters);
  word_finder_find(s->finder, s->letters, text, spotted, &all);
  sym talk = intern_find(&e->names, conversation);
  for (u32 i = 0; i < all.n; i++) {
    sym word = s->words.p[all.p[i].word];
    for (u32 k = 0; k < v->rule_count && n < HITS_MOST; k++) {
      const struct rule *r = &e->rules.p[v->first_rule + k];
      if (!about_replies(r, LANG_FORBIDDEN) || spelled(r, word).n == 0) continue;
      hits[n++] = (struct word_hit){.clause = intern_str(&e->names, r->clause), .group = r->item->words->name.text, .word = spelled(r, word), .from = all.p[i].from,
                                    .to = all.p[i].to, .excused = all.p[i].quoted && said_before(e, r, talk, word)};
    }
  }
  return n;
}

size_t engine_words_wanted(struct engine *e, struct arena *a, struct str conversation, i64 at_ms, const struct word_wanted **out) {
  const struct version *v = version_at(e, at_ms);
  struct word_wanted *wanted = ARENA_ARRAY(a, struct word_wanted, WANTED_MOST);
  sym talk = intern_find(&e->names, conversation);
  size_t n = 0;
  *out = wanted;
  for (u32 k = 0; v && k < v->rule_count && n < WANTED_MOST; k++) {
    const struct rule *r = &e->rules.p[v->first_rule + k];
    if (!about_replies(r, LANG_EXPECTED) || r->starts.n <= r->places) continue; /* judged at once, not at the end */
    u64 *said = talk ? table_get(&e->s.said, said_key(r, talk, 0)) : NULL;
    if (said && *said & SAID_WORD) continue;
    wanted[n++] = (struct word_wanted){.clause = intern_str(&e->names, r->clause), .group = r->item->words->name.text, .words = r->item->words->texts,
                                       .word_count = r->item->words->text_count};
  }
  return n;
}

size_t engine_words_instead(struct engine *e, struct arena *a, struct str clause, i64 at_ms, const struct str **out) {
  const struct version *v = version_at(e, at_ms);
  struct str *texts = ARENA_ARRAY(a, struct str, INSTEAD_MOST);
  size_t n = 0;
  *out = texts;
  for (u32 k = 0; v && k < v->rule_count; k++) {
    const struct rule *r = &e->rules.p[v->first_rule + k];
    if (r->type != R_WORDS || r->item->words->kind != LANG_PHRASES || !str_eq(intern_str(&e->names, r->clause), clause)) continue;
    for (size_t i = 0; i < r->item->words->text_count && n < INSTEAD_MOST; i++) texts[n++] = r->item->words->texts[i];
  }
  return n;
}
