/* E-mail as a channel: IMAP in, SMTP out. Letters are read in the order of the folder by UID; each becomes one command together with
 * its place, so the folder is read on from there after any end of the program. The folder itself is left as it is. */
#include "channels/channel.h"

#include "base/calendar.h"
#include "base/log.h"
#include "net/file_store.h"
#include "net/mail.h"
#include "views/customer.h"
#include "views/json.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UIDS_A_ROUND = 200, REFERENCES_SENT = 20, QUOTED_MOST_CHARS = 20000, HEADER_MOST = 1 << 20, OUT_FILES_MOST = 25 << 20, HASH_BYTES = 24, PROBLEM_MOST = 560 };

static enum mail_security security_of(struct str s) { return str_is(s, "none") ? MAIL_PLAIN : str_is(s, "starttls") ? MAIL_STARTTLS : MAIL_TLS; }

static struct mail_server server_of(const struct channel_settings *s, bool out, struct str password) {
  const struct channel_server *v = out ? &s->out : &s->in;
  return (struct mail_server){.host = v->host, .port = (int)v->port, .security = security_of(v->security), .user = v->user, .password = password, .unverified = s->unverified};
}

static enum status command(struct channel_link *l, const char *name, json_t *owned_args, json_t **result, struct problem *p) {
  const struct request r = {.name = str_c(name), .owned_args = owned_args, .actor = {.type = ACTOR_SYSTEM}};
  return writer_call(l->writer, &r, result, p);
}

/* ---- in -------------------------------------------------------------------------------------------------------------------- */

static struct str head_chars(struct str s, size_t most) {
  size_t at = 0;
  u32 c;
  for (size_t n = 0; n < most && at < s.n; n++) at += str_decode(s, at, &c);
  return str_slice(s, 0, at);
}

static void put(json_t *o, const char *key, struct str s) {
  if (s.n) json_object_set_new(o, key, json_of(s));
}

/* What makes two letters the same beside their id. */
static struct str hash_of(struct arena *a, const struct mail *m, struct str fallback) {
  unsigned char sum[HASH_BYTES];
  char *hex = arena_alloc(a, 2 * HASH_BYTES + 1);
  crypto_generichash_state h;
  crypto_generichash_init(&h, NULL, 0, sizeof sum);
  const struct str parts[] = {m->from, m->subject, m->text, m->quoted, fallback};
  for (size_t i = 0; i < COUNT_OF(parts); i++) {
    u64 n = parts[i].n;
    crypto_generichash_update(&h, (const unsigned char *)&n, sizeof n);
    if (n) crypto_generichash_update(&h, (const unsigned char *)parts[i].p, n);
  }
  for (size_t i = 0; i < m->file_count; i++)
    if (m->files[i].content.n) crypto_generichash_update(&h, (const unsigned char *)m->files[i].content.p, m->files[i].content.n);
  crypto_generichash_final(&h, sum, sizeof sum);
  sodium_bin2hex(hex, 2 * HASH_BYTES + 1, sum, sizeof sum);
  return str_c(hex);
}

/* A conversation's number: [#c12] in a subject, +c12 in an address. */
static void add_tokens(json_t *list, struct str s, const char *before, char after) {
  size_t k = strlen(before);
  for (size_t at = 0; (at = str_find(s, str_c(before), at)) != SIZE_MAX && json_array_size(list) < 5; at += k) {
    size_t end = at + k;
    while (end < s.n && s.p[end] >= '0' && s.p[end] <= '9' && end - at < 22) end++;
    if (end == at + k || end >= s.n || s.p[end] != after) continue;
    json_array_append_new(list, json_of(str_slice(s, at + k - 1, end)));
  }
}

static json_t *describe(struct arena *a, const struct mail *m) {
  static const char *const classes[] = {"person", "auto", "bounce"};
  json_t *o = json_pack("{s:s,s:b}", "class", classes[m->class], "no_answer", (int)m->no_answer), *refs = json_array(), *tokens = json_array();
  put(o, "from", m->from);
  put(o, "from_name", head_chars(m->from_name, 60));
  put(o, "title", head_chars(mail_subject_bare(m->subject), 200));
  put(o, "why", str_c(m->why));
  for (size_t i = 0; i < m->reference_count && i < REFERENCES_SENT; i++) json_array_append_new(refs, json_of(m->references[i]));
  for (size_t i = 0; i < m->to_count; i++) add_tokens(tokens, m->to[i], "+c", '@');
  add_tokens(tokens, m->subject, "[#c", ']');
  json_t *to = json_array(), *cc = json_array();
  for (size_t i = 0; i < m->cc_end; i++) json_array_append_new(i < m->cc_from ? to : cc, json_of(m->to[i]));
  json_object_set_new(o, "to", to);
  json_object_set_new(o, "cc", cc);
  json_object_set_new(o, "refs", refs);
  json_object_set_new(o, "tokens", tokens);
  if (m->class == MAIL_BOUNCE) {
    put(o, "bounce_id", m->bounce.id);
    put(o, "bounce_to", m->bounce.recipient);
    put(o, "bounce_code", m->bounce.code);
    put(o, "bounce_reason", head_chars(m->bounce.reason, 300));
  }
  (void)a;
  return o;
}

static enum status keep_files(struct channel_link *l, const struct mail *m, struct str whole, json_t *args) {
  json_t *files = json_array(), *one = NULL;
  enum status status = OK;
  if (whole.n) {
    TRY(file_store_keep(l->arena, l->data_dir, whole, STR("全文.txt"), &one));
    json_array_append_new(files, one);
  }
  for (size_t i = 0; i < m->file_count; i++) {
    if (m->files[i].content.n == 0) continue;
    TRY(file_store_keep(l->arena, l->data_dir, m->files[i].content, m->files[i].name, &one));
    json_array_append_new(files, one);
  }
done:
  json_object_set_new(args, "files", files);
  return status;
}

struct place {
  i64 validity, uid, bytes;
};

static void put_place(json_t *args, const struct channel_link *l, const struct place *at) {
  char text[64];
  (void)snprintf(text, sizeof text, "%lld.%lld", (long long)at->validity, (long long)at->uid);
  json_object_set_new(args, "channel", json_of(l->id));
  json_object_set_new(args, "position", json_string(text));
  json_object_set_new(args, "bytes", json_integer((json_int_t)at->bytes));
}

/* It cannot be read or taken in: said in the channel's list, and the folder goes on. */
static enum status pass_over(struct channel_link *l, const struct place *at, struct str source, const char *why, struct problem *p) {
  json_t *args = json_pack("{s:s,s:s,s:o,s:o}", "class", "unreadable", "why", why, "source", json_of(source), "hash", json_of(source));
  put_place(args, l, at);
  return command(l, "letter.receive", args, NULL, p);
}

static enum status known(struct channel_link *l, struct str source, struct str hash, bool *is, struct problem *p) {
  json_t *result = NULL;
  enum status status = command(l, "letter.known", json_pack("{s:o,s:o}", "source", json_of(source), "hash", json_of(hash)), &result, p);
  *is = json_is_true(json_object_get(result, "known"));
  json_decref(result);
  return status;
}

static enum status take(struct channel_link *l, const struct place *at, struct str bytes, bool refused, struct problem *p) {
  struct mail m;
  struct str source = arena_printf(l->arena, "%.*s:%lld.%lld", STR_ARG(l->id), (long long)at->validity, (long long)at->uid);
  if (mail_read(l->arena, bytes, &m, p) != OK) return pass_over(l, at, source, p->zh, p);
  struct str hash = hash_of(l->arena, &m, refused ? arena_printf(l->arena, "%lld", (long long)at->bytes) : STR(""));
  /* Without a Message-ID the words themselves are the letter's name. */
  source = m.id.n ? m.id : arena_printf(l->arena, "without-id.%.*s", STR_ARG(hash));
  json_t *args = describe(l->arena, &m);
  put_place(args, l, at);
  json_object_set_new(args, "source", json_of(source));
  json_object_set_new(args, "hash", json_of(hash));
  if (refused && m.class == MAIL_PERSON) json_object_set_new(args, "class", json_string("refused"));
  struct str text = head_chars(m.text, LETTER_TEXT_MOST);
  bool cut = text.n < m.text.n, seen = false;
  if (m.files_left) text = arena_printf(l->arena, "%.*s\n（还有 %zu 个附件没有收下，一封信最多 %d 个）", STR_ARG(head_chars(text, LETTER_TEXT_MOST - 100)), m.files_left, MAIL_FILES_MOST);
  put(args, "text", text);
  put(args, "quoted", head_chars(m.quoted, QUOTED_MOST_CHARS));
  enum status status = known(l, source, hash, &seen, p);
  if (status == OK && !seen && !refused) {
    status = keep_files(l, &m, cut ? m.text : STR(""), args);
    if (status != OK) status = problem_set(p, status, "mail.disk", "附件存不下（磁盘满了或写不了），先不收信", "Attachments cannot be stored (disk full or not writable); letters wait on the server");
  }
  if (status != OK) {
    json_decref(args);
    return status;
  }
  status = command(l, "letter.receive", args, NULL, p);
  if (status == OK || status == E_BUSY || status == E_IO || status == E_FULL) return status;
  log_warn("channel %.*s: a letter is passed over: %s", STR_ARG(l->id), p->key);
  char why[PROBLEM_MOST];
  (void)snprintf(why, sizeof why, "%.500s", p->zh);
  return pass_over(l, at, source, why, p);
}

static enum status fetch_one(struct channel_link *l, struct mail_imap *imap, struct place *at, struct mail_trouble *t, struct problem *p) {
  bool gone = false;
  i64 most = l->settings.most_mb << 20;
  if (!mail_imap_size(imap, at->uid, &at->bytes, t)) return E_IO;
  if (at->bytes < 0) return OK;
  bool refused = at->bytes > most;
  struct buf b;
  buf_init(&b, refused ? HEADER_MOST : (size_t)most + 65536);
  bool good = mail_imap_fetch(imap, at->validity, at->uid, refused, b.cap, &b, &gone, t);
  enum status status = good ? OK : E_IO;
  if (gone) status = OK;
  else if (good) status = take(l, at, buf_str(&b), refused, p);
  buf_release(&b);
  return status;
}

static void since_text(const struct channel_link *l, char text[32]) {
  static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  struct civil day = civil_from_date(instant_date(l->created_ms, 0) - 1);
  (void)snprintf(text, 32, "%d-%s-%d", day.day, months[day.month - 1], day.year);
}

static void mail_leave(struct channel_link *l) {
  mail_imap_close(l->session);
  l->session = NULL;
}

/* The connection stays between looks; one that the server has dropped meanwhile is made anew before that counts as trouble. */
static bool look(struct channel_link *l, const struct mail_server *server, i64 *validity, i64 *next, struct mail_trouble *t) {
  bool kept = l->session != NULL;
  if (!kept) l->session = mail_imap_open(server, l->settings.folder, l->stop);
  if ((!kept || mail_imap_refresh(l->session, t)) && mail_imap_status(l->session, validity, next, t)) return true;
  if (!kept || *l->stop) return false;
  mail_leave(l);
  *t = (struct mail_trouble){0};
  l->session = mail_imap_open(server, l->settings.folder, l->stop);
  return mail_imap_status(l->session, validity, next, t);
}

static enum status mail_receive(struct channel_link *l, struct problem *p) {
  struct mail_server server = server_of(&l->settings, false, l->password_in);
  struct mail_trouble t = {0};
  struct place at = {0};
  i64 next = 0, uids[UIDS_A_ROUND];
  long long validity = 0, last = 0;
  size_t count = 0;
  char since[32] = "";
  enum status status = OK;
  bool same = sscanf(l->position, "%lld.%lld", &validity, &last) == 2;
  if (!look(l, &server, &at.validity, &next, &t)) goto trouble;
  struct mail_imap *imap = l->session;
  same = same && validity == at.validity;
  if (!same) last = 0, since_text(l, since); /* the first time, or the folder was made anew */
  do {
    if (last + 1 >= next && same) break;
    if (!mail_imap_find(imap, last + 1, since, uids, UIDS_A_ROUND, &count, &t)) goto trouble;
    for (size_t i = 0; i < count && !*l->stop; i++) {
      at.uid = uids[i];
      arena_reset(l->arena);
      status = fetch_one(l, imap, &at, &t, p);
      if (status != OK) goto trouble;
      last = at.uid;
      (void)snprintf(l->position, sizeof l->position, "%lld.%lld", (long long)at.validity, last);
    }
  } while (count == UIDS_A_ROUND && !*l->stop);
trouble:
  if (t.fault != MAIL_FINE) status = mail_trouble_problem(&t, &server, p);
  if (status != OK) mail_leave(l);
  return status;
}

/* ---- out ------------------------------------------------------------------------------------------------------------------- */

static struct str filled(struct arena *a, struct str template, struct str agent, struct str desk) {
  struct buf b;
  buf_init(&b, 2000);
  const struct { struct str word, value; } words[] = {{STR("{客服}"), agent}, {STR("{agent}"), agent}, {STR("{店铺}"), desk}, {STR("{desk}"), desk}};
  for (size_t at = 0; at < template.n;) {
    bool hit = false;
    for (size_t i = 0; i < COUNT_OF(words) && !hit; i++)
      if (str_starts(str_slice(template, at, template.n), words[i].word)) {
        buf_add(&b, words[i].value);
        at += words[i].word.n;
        hit = true;
      }
    if (!hit) buf_byte(&b, template.p[at++]);
  }
  struct str out = str_trim(arena_buf(a, &b));
  buf_release(&b);
  return out;
}

static enum channel_outcome load_files(struct channel_link *l, json_t *letter, struct mail_letter *out, struct problem *p) {
  json_t *list = json_loads(json_is_string(json_object_get(letter, "files")) ? json_string_value(json_object_get(letter, "files")) : "[]", 0, NULL), *one;
  size_t i, n = 0, left = OUT_FILES_MOST;
  struct mail_file *files = ARENA_ARRAY(l->arena, struct mail_file, json_array_size(list) + 1);
  enum channel_outcome outcome = CHANNEL_SENT;
  json_array_foreach(list, i, one) {
    struct mail_file *f = &files[n];
    struct str name = json_arg(one, "name");
    enum status status = file_store_load(l->arena, l->data_dir, json_arg(one, "id"), left, &f->content, &f->name, &f->type);
    if (status == OK) {
      left -= f->content.n;
      n++;
      continue;
    }
    outcome = CHANNEL_FAILED;
    if (status == E_TOO_LARGE) status = problem_set(p, status, "mail.files_large", "附件加起来超过 %d MB，邮件寄不出去；请分几封寄或给链接", "The files are above %d MB together: no mail server takes that; send several letters or a link", OUT_FILES_MOST >> 20);
    else status = problem_set(p, status, "mail.file_gone", "附件“%.*s”不在了", "The file “%.*s” is gone", STR_ARG(name));
    break;
  }
  json_decref(list);
  out->files = files;
  out->file_count = n;
  return outcome;
}

static void take_chain(struct arena *a, json_t *letter, struct mail_letter *out) {
  json_t *list = json_loads(json_is_string(json_object_get(letter, "refs")) ? json_string_value(json_object_get(letter, "refs")) : "[]", 0, NULL), *one;
  struct str *refs = ARENA_ARRAY(a, struct str, json_array_size(list) + 1);
  size_t i;
  json_array_foreach(list, i, one) refs[out->reference_count++] = arena_dup(a, str_c(json_string_value(one)));
  out->references = refs;
  json_decref(list);
}

static struct str *addresses(struct arena *a, json_t *letter, const char *name, struct str first, size_t *count) {
  json_t *list = json_loads(json_is_string(json_object_get(letter, name)) ? json_string_value(json_object_get(letter, name)) : "[]", 0, NULL), *one;
  struct str *all = ARENA_ARRAY(a, struct str, json_array_size(list) + 1);
  size_t i;
  *count = 0;
  if (first.n) all[(*count)++] = first;
  json_array_foreach(list, i, one) all[(*count)++] = arena_dup(a, str_c(json_string_value(one)));
  json_decref(list);
  return all;
}

static struct str words_of(struct channel_link *l, json_t *letter) {
  struct str body = json_arg(letter, "body"), said = json_arg(letter, "text"), signature = l->settings.signature;
  struct str text = body.n ? body : said;
  return signature.n ? arena_printf(l->arena, "%.*s\n\n-- \n%.*s\n", STR_ARG(text), STR_ARG(signature)) : arena_printf(l->arena, "%.*s\n", STR_ARG(text));
}

enum { REFUSAL_WORDS_MOST = 160, REFUSALS_TEXT_MOST = 560 };

/* Not more than `most` bytes, whole letters. */
static struct str shortened(struct str s, size_t most) {
  if (s.n <= most) return s;
  while (most > 0 && ((unsigned char)s.p[most] & 0xc0) == 0x80) most--;
  return str_slice(s, 0, most);
}

/* The letter went out; copies that the server would not take, for good or for now, are told with its words, the addresses as pages show
 * them. */
static void copies_refused(struct arena *a, json_t *letter, const struct mail_outgoing *o, struct problem *p) {
  struct str zh[2] = {STR("抄送没有寄到："), STR("")}, en[2] = {STR("A copy was not delivered: "), STR("")};
  json_t *lists[2] = {json_array(), json_array()};
  for (size_t i = 0; i < o->refused_count; i++) {
    const struct mail_refusal *r = &o->refused[i];
    struct str address = customer_mask_email(a, o->to[r->at]), said = shortened(str_c(r->said), REFUSAL_WORDS_MOST);
    size_t k = r->later ? 1 : 0;
    bool more = json_array_size(lists[k]) > 0;
    json_array_append_new(lists[k], json_of(o->to[r->at]));
    zh[k] = arena_printf(a, "%.*s%s%.*s %s（%.*s）", STR_ARG(zh[k]), more ? "；" : "", STR_ARG(address), r->later ? "那边现在不收" : "那边不收", STR_ARG(said));
    en[k] = arena_printf(a, "%.*s%s%.*s %s (%.*s)", STR_ARG(en[k]), more ? "; " : "", STR_ARG(address), r->later ? "is not taken now" : "is refused", STR_ARG(said));
  }
  if (json_array_size(lists[0])) {
    (void)!problem_set(p, E_REFUSED, "mail.copy_refused", "抄送没有寄到", "A copy was not delivered");
    (void)snprintf(p->zh, sizeof p->zh, "%.*s", STR_ARG(shortened(zh[0], REFUSALS_TEXT_MOST)));
    (void)snprintf(p->en, sizeof p->en, "%.*s", STR_ARG(shortened(en[0], REFUSALS_TEXT_MOST)));
    json_object_set(letter, "refused", lists[0]);
  }
  if (json_array_size(lists[1])) {
    json_object_set(letter, "later", lists[1]);
    json_object_set_new(letter, "later_reason", json_of(shortened(zh[1], REFUSALS_TEXT_MOST)));
    json_object_set_new(letter, "later_reason_en", json_of(shortened(en[1], REFUSALS_TEXT_MOST)));
  }
  json_decref(lists[0]);
  json_decref(lists[1]);
}

static enum channel_outcome mail_send(struct channel_link *l, json_t *letter, json_t *due, struct problem *p) {
  struct str desk = json_arg(due, "desk"), agent = json_arg(letter, "agent"), domain, user = str_cut(l->address, '@', &domain), bytes;
  bool automatic = json_arg_int(letter, "automatic", 0) != 0;
  struct mail_letter out = {.id = json_arg(letter, "source"), .from = l->address, .to = json_arg(letter, "address"), .subject = json_arg(letter, "title"), .in_reply_to = json_arg(letter, "answers"),
                            .date_ms = json_arg_int(letter, "queued_ms", 0), .zone_offset_ms = json_arg_int(due, "zone", 0), .automatic = automatic};
  if (!json_is_string(json_object_get(letter, "text")) && !json_arg(letter, "body").n) {
    (void)!problem_set(p, E_CONFLICT, "mail.no_words", "这句话已经不在了，信没有寄", "These words are gone; the letter was not sent");
    return CHANNEL_FAILED;
  }
  out.from_name = agent.n && !automatic ? filled(l->arena, l->settings.from_name, agent, desk) : desk;
  out.text = words_of(l, letter);
  if (str_is(l->settings.token, "address")) out.reply_to = arena_printf(l->arena, "%.*s+%.*s@%.*s", STR_ARG(user), STR_ARG(json_arg(letter, "conversation")), STR_ARG(domain));
  take_chain(l->arena, letter, &out);
  /* It says for whom it is and who has a copy, whoever of them is sent it now. */
  bool gone = !str_is(json_arg(letter, "state"), "待发"), copied = json_arg_int(letter, "copied", 0) != 0;
  size_t count, to_count;
  out.cc = addresses(l->arena, letter, "cc", STR(""), &count);
  out.cc_count = count;
  const struct str *to = addresses(l->arena, letter, gone ? "again" : copied ? "" : "cc", gone ? STR("") : out.to, &to_count);
  if (load_files(l, letter, &out, p) != CHANNEL_SENT || mail_write(l->arena, &out, &bytes, p) != OK) return CHANNEL_FAILED;
  struct mail_server server = server_of(&l->settings, true, l->password_out);
  struct mail_trouble t;
  struct mail_outgoing handed = {.from = l->address, .bytes = bytes, .to = to, .to_count = to_count, .copies = gone, .refused = ARENA_ARRAY(l->arena, struct mail_refusal, to_count)};
  if (mail_smtp_send(&server, &handed, l->stop, &t)) {
    copies_refused(l->arena, letter, &handed, p);
    return CHANNEL_SENT;
  }
  (void)!mail_trouble_problem(&t, &server, p);
  if (t.fault != MAIL_REFUSED) return CHANNEL_LATER;
  p->status = E_REFUSED; /* about this letter, not about the server */
  return CHANNEL_FAILED;
}

/* ---- trying ---------------------------------------------------------------------------------------------------------------- */

static json_t *verdict(bool good, const struct mail_trouble *t, const struct mail_server *s) {
  struct problem p = {0};
  if (good) return json_pack("{s:b}", "ok", 1);
  (void)!mail_trouble_problem(t, s, &p);
  return json_pack("{s:b,s:{s:s,s:s,s:s}}", "ok", 0, "problem", "key", p.key, "zh", p.zh, "en", p.en);
}

static json_t *mail_check(struct channel_link *l) {
  struct mail_server in = server_of(&l->settings, false, l->password_in), out = server_of(&l->settings, true, l->password_out);
  struct mail_trouble t = {0};
  i64 validity = 0, next = 0;
  struct mail_imap *imap = mail_imap_open(&in, l->settings.folder, l->stop);
  bool good = mail_imap_status(imap, &validity, &next, &t);
  json_t *result = json_pack("{s:o}", "in", verdict(good, &t, &in));
  mail_imap_close(imap);
  good = mail_smtp_check(&out, l->stop, &t);
  json_object_set_new(result, "out", verdict(good, &t, &out));
  return result;
}

extern const struct channel_class channel_mail;
const struct channel_class channel_mail = {.name = "mail", .word = "邮件", .can = CHANNEL_FILES, .receive = mail_receive, .leave = mail_leave, .send = mail_send, .check = mail_check};
