/* A letter's bytes to what it says (GMime does the MIME). Walks the parts once: the first words become the text, a page is read
 * for its words when there are no plain ones, everything else is a file. Knows letters of programs and letters that came back. */
#include "net/mail.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static GMimeParserOptions *options;

static void start(void) {
  static const char *charsets[] = {"utf-8", "gb18030", "iso-8859-1", NULL};
  g_mime_init();
  options = g_mime_parser_options_new();
  g_mime_parser_options_set_fallback_charsets(options, charsets);
}

struct walk {
  struct arena *a;
  struct mail *m;
  struct buf text, page; /* plain words and pages' words, as they come */
  int parts;
  bool report;           /* multipart/report, or looks like one */
  struct str status;     /* delivery-status */
};

/* Valid UTF-8 on one line, cut to `most` bytes at a character. */
static struct str line_text(struct arena *a, const char *c, size_t most) {
  if (c == NULL) return STR("");
  struct str s = mail_utf8(a, str_c(c), STR(""));
  struct buf b;
  buf_init(&b, most * 3 + 8);
  u32 point;
  bool folded = false; /* a line was folded here: one space is enough */
  for (size_t at = 0, n; (n = str_decode(s, at, &point)) > 0 && b.n < most; at += n) {
    bool control = point < 32 || point == 127;
    if ((folded && (control || point == ' ')) || (control && b.n && b.p[b.n - 1] == ' ')) continue;
    folded = control;
    buf_code_point(&b, control ? ' ' : point);
  }
  s = str_trim(arena_buf(a, &b));
  buf_release(&b);
  return s;
}

/* "<x@y>" to "x@y", without what an id cannot hold. */
static struct str bare_id(struct arena *a, const char *c) {
  struct str s = str_trim(str_c(c));
  if (s.n > 1 && s.p[0] == '<') s = str_slice(s, 1, s.n);
  if (s.n && s.p[s.n - 1] == '>') s = str_slice(s, 0, s.n - 1);
  if (s.n > MAIL_ID_MOST) s.n = MAIL_ID_MOST;
  char *copy = arena_alloc(a, s.n + 1);
  size_t n = 0;
  for (size_t i = 0; i < s.n; i++)
    if ((unsigned char)s.p[i] > ' ' && (unsigned char)s.p[i] < 127 && s.p[i] != '<' && s.p[i] != '>') copy[n++] = s.p[i];
  return (struct str){copy, n};
}

static struct str header(struct walk *w, GMimeObject *o, const char *name) { return line_text(w->a, g_mime_object_get_header(o, name), 500); }

static struct str part_bytes(struct walk *w, GMimePart *part, size_t most) {
  GMimeDataWrapper *content = g_mime_part_get_content(part);
  if (content == NULL) return STR("");
  GMimeStream *to = g_mime_stream_mem_new();
  struct str out = STR("");
  if (g_mime_data_wrapper_write_to_stream(content, to) >= 0) {
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(to));
    if (bytes->len) out = arena_dup(w->a, (struct str){(const char *)bytes->data, bytes->len < most ? bytes->len : most});
  }
  g_object_unref(to);
  return out;
}

static void add_text(struct buf *b, struct str s) {
  if (s.n == 0) return;
  if (b->n) buf_addc(b, "\n\n");
  size_t room = b->cap > b->n ? b->cap - b->n : 0;
  if (s.n > room) { /* cut at a character */
    while (room > 0 && ((unsigned char)s.p[room] & 0xc0) == 0x80) room--;
    s.n = room;
  }
  buf_add(b, s);
}

static void add_file(struct walk *w, struct str name, struct str type, struct str content, bool inside) {
  struct mail *m = w->m;
  if (m->file_count == MAIL_FILES_MOST) {
    m->files_left++;
    return;
  }
  m->files[m->file_count++] = (struct mail_file){name, type, content, inside};
}

static void take_file(struct walk *w, GMimePart *part, bool inside) {
  GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
  const char *given = g_mime_part_get_filename(part);
  struct str content = part_bytes(w, part, SIZE_MAX), name = line_text(w->a, given, 240);
  char *mime = g_mime_content_type_get_mime_type(type);
  struct str kind = line_text(w->a, mime, 100);
  g_free(mime);
  if (content.n == 0 && name.n == 0) return;
  if (name.n == 0) {
    struct str sub, head = str_cut(kind, '/', &sub);
    bool plain = sub.n > 0 && sub.n <= 5;
    name = arena_printf(w->a, "%.*s-%zu%s%.*s", STR_ARG(head.n ? head : STR("file")), w->m->file_count + 1, plain ? "." : "", plain ? (int)sub.n : 0, plain ? sub.p : "");
  }
  add_file(w, name, kind, content, inside);
}

static struct str text_of(struct walk *w, GMimePart *part) {
  GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
  struct str bytes = part_bytes(w, part, (size_t)8 * MAIL_TEXT_MOST);
  struct str s = mail_utf8(w->a, bytes, str_c(g_mime_content_type_get_parameter(type, "charset")));
  struct buf b;
  buf_init(&b, s.n + 1);
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] != '\r') buf_byte(&b, s.p[i]);
  s = str_trim(arena_buf(w->a, &b));
  buf_release(&b);
  return s;
}

static void walk_part(struct walk *w, GMimeObject *o, int depth, bool alternative, bool *plain_here);

static void walk_leaf(struct walk *w, GMimePart *part, bool alternative, bool *plain_here) {
  GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
  const char *where = g_mime_object_get_disposition(GMIME_OBJECT(part));
  bool attached = where && strcasecmp(where, "attachment") == 0;
  bool named = g_mime_part_get_filename(part) != NULL;
  if (g_mime_content_type_is_type(type, "message", "delivery-status") || g_mime_content_type_is_type(type, "message", "global-delivery-status")) {
    w->status = part_bytes(w, part, 64 * 1024);
    return;
  }
  if (g_mime_content_type_is_type(type, "message", "disposition-notification")) return;
  if (!attached && !named && g_mime_content_type_is_type(type, "text", "html")) {
    if (alternative && *plain_here) return; /* the same words again */
    add_text(alternative ? &w->page : &w->text, mail_html_text(w->a, text_of(w, part)));
    return;
  }
  if (!attached && !named && g_mime_content_type_is_type(type, "text", "*") && !g_mime_content_type_is_type(type, "text", "calendar") &&
      !g_mime_content_type_is_type(type, "text", "rfc822-headers")) {
    struct str said = text_of(w, part);
    add_text(&w->text, said);
    if (said.n) *plain_here = true;
    return;
  }
  take_file(w, part, !attached && g_mime_part_get_content_id(part) != NULL && g_mime_content_type_is_type(type, "image", "*"));
}

/* A letter inside: of a report it is the one that came back, else it is kept as a file. */
static void walk_letter(struct walk *w, GMimeObject *o) {
  GMimeMessage *inner = GMIME_IS_MESSAGE_PART(o) ? g_mime_message_part_get_message(GMIME_MESSAGE_PART(o)) : NULL;
  if (inner == NULL) return;
  const char *id = g_mime_message_get_message_id(inner);
  if (w->m->bounce.id.n == 0 && id) w->m->bounce.id = bare_id(w->a, id);
  if (w->report) return;
  GMimeStream *to = g_mime_stream_mem_new();
  if (g_mime_object_write_to_stream(GMIME_OBJECT(inner), NULL, to) > 0) {
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(to));
    struct str subject = line_text(w->a, g_mime_message_get_subject(inner), 100);
    add_file(w, arena_printf(w->a, "%.*s.eml", STR_ARG(subject.n ? subject : STR("letter"))), STR("message/rfc822"), arena_dup(w->a, (struct str){(const char *)bytes->data, bytes->len}), false);
  }
  g_object_unref(to);
}

static void walk_part(struct walk *w, GMimeObject *o, int depth, bool alternative, bool *plain_here) {
  if (o == NULL || depth > MAIL_DEPTH_MOST || ++w->parts > MAIL_PARTS_MOST) return;
  if (GMIME_IS_MULTIPART(o)) {
    GMimeContentType *type = g_mime_object_get_content_type(o);
    const char *of = g_mime_content_type_get_parameter(type, "report-type");
    if (g_mime_content_type_is_type(type, "multipart", "report") && (of == NULL || strcasecmp(of, "delivery-status") == 0)) w->report = true;
    bool alternatives = g_mime_content_type_is_type(type, "multipart", "alternative"), plain = false;
    bool *known = alternatives ? &plain : plain_here;
    int count = g_mime_multipart_get_count(GMIME_MULTIPART(o));
    for (int i = 0; i < count && w->parts <= MAIL_PARTS_MOST; i++)
      walk_part(w, g_mime_multipart_get_part(GMIME_MULTIPART(o), i), depth + 1, alternative || alternatives, known);
    if (plain) *plain_here = true;
    return;
  }
  if (GMIME_IS_MESSAGE_PART(o)) walk_letter(w, o);
  else if (GMIME_IS_PART(o)) walk_leaf(w, GMIME_PART(o), alternative, plain_here);
}

/* ---- headers -------------------------------------------------------------------------------------------------------------- */

static void add_addresses(struct walk *w, InternetAddressList *list) {
  int count = list ? internet_address_list_length(list) : 0;
  for (int i = 0; i < count && i < 200 && w->m->to_count < MAIL_RECIPIENTS_MOST; i++) {
    InternetAddress *one = internet_address_list_get_address(list, i);
    if (!INTERNET_ADDRESS_IS_MAILBOX(one)) continue;
    struct str address = mail_address(w->a, str_c(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one))));
    if (address.n) w->m->to[w->m->to_count++] = address;
  }
}

static void take_sender(struct walk *w, InternetAddressList *list) {
  int count = list ? internet_address_list_length(list) : 0;
  for (int i = 0; i < count && i < 50 && w->m->from.n == 0; i++) {
    InternetAddress *one = internet_address_list_get_address(list, i);
    if (!INTERNET_ADDRESS_IS_MAILBOX(one)) continue;
    w->m->from = mail_address(w->a, str_c(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one))));
    w->m->from_name = line_text(w->a, internet_address_get_name(one), 90);
  }
}

static void add_reference(struct walk *w, struct str id) {
  struct mail *m = w->m;
  for (size_t i = 0; i < m->reference_count; i++)
    if (str_eq(m->references[i], id)) return;
  if (id.n && m->reference_count < MAIL_REFERENCES_MOST) m->references[m->reference_count++] = id;
}

/* Nearest first: In-Reply-To, then References from their end. */
static void take_references(struct walk *w, GMimeObject *o) {
  static const char *const names[] = {"In-Reply-To", "References"};
  for (size_t i = 0; i < COUNT_OF(names); i++) {
    struct str s = line_text(w->a, g_mime_object_get_header(o, names[i]), 8000);
    size_t end = s.n;
    while (end > 0) {
      while (end > 0 && s.p[end - 1] != '>') end--;
      size_t from = end;
      while (from > 0 && s.p[from - 1] != '<') from--;
      if (end == 0 || from == 0) break;
      add_reference(w, bare_id(w->a, arena_cstr(w->a, str_slice(s, from, end - 1))));
      end = from - 1;
    }
  }
}

static bool holds(struct str s, const char *word) {
  size_t n = strlen(word);
  for (size_t i = 0; i + n <= s.n; i++)
    if (strncasecmp(s.p + i, word, n) == 0) return true;
  return false;
}

/* Is a program at the other end? */
static void judge_sender(struct walk *w, GMimeObject *o) {
  static const char *const marks[] = {"X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Mailer-Autoreply", "List-Id"};
  struct mail *m = w->m;
  struct str automatic = header(w, o, "Auto-Submitted"), precedence = header(w, o, "Precedence"), path = header(w, o, "Return-Path"), user, host;
  user = str_cut(m->from, '@', &host);
  if (automatic.n && !holds(automatic, "no")) m->why = "Auto-Submitted";
  else if (automatic.n > 2) m->why = "Auto-Submitted"; /* "auto-notified" holds a "no" too */
  else if (holds(precedence, "bulk") || holds(precedence, "junk") || holds(precedence, "list") || holds(precedence, "auto_reply")) m->why = "Precedence";
  else if (str_is(path, "<>")) m->why = "Return-Path";
  for (size_t i = 0; i < COUNT_OF(marks) && m->why[0] == 0; i++)
    if (header(w, o, marks[i]).n) m->why = marks[i];
  if (m->why[0] == 0 && str_starts(header(w, o, "Content-Type"), STR("multipart/report"))) m->why = "Content-Type";
  if (m->why[0] == 0 && str_is(user, "mailer-daemon")) m->why = "From";
  if (m->why[0]) m->class = MAIL_AUTO;
  m->no_answer = m->class != MAIL_PERSON || header(w, o, "X-Auto-Response-Suppress").n > 0 || header(w, o, "List-Unsubscribe").n > 0 || holds(user, "noreply") || holds(user, "no-reply") ||
                 holds(user, "donotreply");
}

/* ---- letters that came back ------------------------------------------------------------------------------------------------ */

/* The value of "Name: …" (with its folded lines) in a block of header lines. */
static struct str field(struct walk *w, struct str s, const char *name) {
  size_t n = strlen(name);
  for (size_t at = 0; at < s.n;) {
    size_t end = str_find(s, STR("\n"), at), after = end == SIZE_MAX ? s.n : end + 1;
    if (s.n - at > n && strncasecmp(s.p + at, name, n) == 0 && s.p[at + n] == ':') {
      while (after < s.n && (s.p[after] == ' ' || s.p[after] == '\t')) {
        end = str_find(s, STR("\n"), after);
        after = end == SIZE_MAX ? s.n : end + 1;
      }
      return line_text(w->a, arena_cstr(w->a, str_slice(s, at + n + 1, after)), 400);
    }
    at = after;
  }
  return STR("");
}

static struct str after_type(struct str s) { /* "rfc822; a@b" */
  struct str rest, type = str_cut(s, ';', &rest);
  return rest.n ? str_trim(rest) : str_trim(type);
}

static bool looks_returned(struct str subject) {
  static const char *const words[] = {"undeliver", "delivery status notification", "delivery failure", "mail delivery failed", "returned mail", "failure notice", "退信", "投递失败", "无法投递", "退回"};
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (holds(subject, words[i])) return true;
  return false;
}

static void judge_return(struct walk *w, GMimeObject *o) {
  struct mail *m = w->m;
  struct mail_bounce *b = &m->bounce;
  struct str user, host, said = buf_str(&w->text);
  user = str_cut(m->from, '@', &host);
  bool daemon = str_is(user, "mailer-daemon") || str_is(user, "postmaster") || str_is(header(w, o, "Return-Path"), "<>");
  if (w->status.n) {
    b->code = field(w, w->status, "Status");
    b->recipient = mail_address(w->a, after_type(field(w, w->status, "Final-Recipient")));
    if (!b->recipient.n) b->recipient = mail_address(w->a, after_type(field(w, w->status, "Original-Recipient")));
    b->reason = after_type(field(w, w->status, "Diagnostic-Code"));
    struct str action = field(w, w->status, "Action");
    bool failed = holds(action, "failed") || (action.n == 0 && b->code.n && b->code.p[0] == '5');
    if (failed) m->class = MAIL_BOUNCE, m->why = "multipart/report";
    else m->class = MAIL_AUTO, m->why = "multipart/report"; /* delayed, relayed: no end yet */
    if (!failed) return;
  } else if (daemon && (w->report || looks_returned(m->subject))) {
    m->class = MAIL_BOUNCE;
    m->why = "From";
  }
  if (m->class != MAIL_BOUNCE) return;
  m->no_answer = true;
  if (b->id.n == 0) { /* the old letter's header pasted into the text */
    struct str pasted = field(w, said, "Message-ID");
    if (pasted.n) b->id = bare_id(w->a, arena_cstr(w->a, pasted));
  }
  if (b->recipient.n == 0) b->recipient = mail_address(w->a, header(w, o, "X-Failed-Recipients"));
  if (b->reason.n == 0) b->reason = line_text(w->a, arena_cstr(w->a, str_slice(said, 0, said.n < 300 ? said.n : 300)), 300);
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------- */

static void take_headers(struct walk *w, GMimeMessage *message) {
  GMimeObject *o = GMIME_OBJECT(message);
  struct mail *m = w->m;
  const char *id = g_mime_message_get_message_id(message);
  if (id) m->id = bare_id(w->a, id);
  take_sender(w, g_mime_message_get_from(message));
  InternetAddressList *reply = g_mime_message_get_reply_to(message);
  if (m->from.n == 0) take_sender(w, reply);
  if (m->from.n == 0) take_sender(w, g_mime_message_get_sender(message));
  m->subject = line_text(w->a, g_mime_message_get_subject(message), 400);
  add_addresses(w, g_mime_message_get_to(message));
  m->cc_from = m->to_count;
  add_addresses(w, g_mime_message_get_cc(message));
  m->cc_end = m->to_count;
  struct str delivered = mail_address(w->a, header(w, o, "Delivered-To"));
  if (delivered.n && m->to_count < MAIL_RECIPIENTS_MOST) m->to[m->to_count++] = delivered;
  GDateTime *date = g_mime_message_get_date(message);
  if (date) m->date_ms = (i64)g_date_time_to_unix(date) * 1000;
  take_references(w, o);
  judge_sender(w, o);
}

enum status mail_read(struct arena *a, struct str bytes, struct mail *out, struct problem *p) {
  pthread_once(&once, start);
  *out = (struct mail){.why = ""};
  struct walk w = {.a = a, .m = out};
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.n ? bytes.p : "", bytes.n);
  GMimeParser *parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage *message = g_mime_parser_construct_message(parser, options);
  g_object_unref(parser);
  g_object_unref(stream);
  if (message == NULL) return problem_set(p, E_INVALID, "mail.unreadable", "这封信没有信头，读不了", "This letter has no header and cannot be read");
  buf_init(&w.text, MAIL_TEXT_MOST);
  buf_init(&w.page, MAIL_TEXT_MOST);
  take_headers(&w, message);
  bool plain = false;
  walk_part(&w, g_mime_message_get_mime_part(message), 0, false, &plain);
  if (w.text.n == 0) add_text(&w.text, buf_str(&w.page));
  judge_return(&w, GMIME_OBJECT(message));
  struct str all = str_trim(arena_buf(a, &w.text));
  size_t cut = mail_quote_at(all);
  out->text = str_trim(str_slice(all, 0, cut));
  out->quoted = str_trim(str_slice(all, cut, all.n));
  buf_release(&w.text);
  buf_release(&w.page);
  g_object_unref(message);
  return OK;
}
