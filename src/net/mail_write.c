/* A letter of ours to its bytes: one text, a simple page beside it that says the same, the files. GMime encodes. */
#include "net/mail.h"

#include <gmime/gmime.h>
#include <string.h>

/* A header value of ours: one line, so that nobody smuggles in a second header. */
static char *one_line(struct arena *a, struct str s) {
  char *copy = arena_cstr(a, s);
  for (char *c = copy; *c; c++)
    if ((unsigned char)*c < 32 || *c == 127) *c = ' ';
  return copy;
}

static GMimePart *text_part(const char *subtype, struct str text) {
  GMimeTextPart *part = g_mime_text_part_new_with_subtype(subtype);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text.n ? text.p : "", text.n);
  GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
  g_mime_part_set_content(GMIME_PART(part), content);
  g_mime_text_part_set_charset(part, "utf-8");
  g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_BASE64);
  g_object_unref(content);
  g_object_unref(stream);
  return GMIME_PART(part);
}

static void escape(struct buf *b, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    if (c == '<') buf_addc(b, "&lt;");
    else if (c == '>') buf_addc(b, "&gt;");
    else if (c == '&') buf_addc(b, "&amp;");
    else if (c == '"') buf_addc(b, "&quot;");
    else if (c == '\n') buf_addc(b, "<br>\n");
    else if (c != '\r') buf_byte(b, c);
  }
}

static size_t link_length(struct str s) {
  size_t n = 0;
  while (n < s.n && (unsigned char)s.p[n] > ' ' && (unsigned char)s.p[n] < 127 && strchr("<>\"'()", s.p[n]) == NULL) n++;
  while (n > 0 && strchr(".,;:!?", s.p[n - 1])) n--;
  return n;
}

static struct str page_of(struct arena *a, struct str text) {
  struct buf b;
  buf_init(&b, text.n * 12 + 256);
  buf_addc(&b, "<html><body><div style=\"font-size:14px;line-height:1.6\">");
  size_t from = 0;
  for (size_t at = 0; at < text.n;) {
    struct str rest = str_slice(text, at, text.n);
    bool web = str_starts(rest, STR("http://")) || str_starts(rest, STR("https://"));
    size_t n = web ? link_length(rest) : 0;
    if (n < 9) {
      at++;
      continue;
    }
    escape(&b, str_slice(text, from, at));
    buf_addc(&b, "<a href=\"");
    escape(&b, str_slice(text, at, at + n));
    buf_addc(&b, "\">");
    escape(&b, str_slice(text, at, at + n));
    buf_addc(&b, "</a>");
    from = at += n;
  }
  escape(&b, str_slice(text, from, text.n));
  buf_addc(&b, "</div></body></html>\n");
  struct str out = arena_buf(a, &b);
  buf_release(&b);
  return out;
}

static GMimeObject *file_part(struct arena *a, const struct mail_file *f) {
  struct str sub, type = str_cut(f->type, '/', &sub);
  bool known = type.n && sub.n && !str_is(type, "multipart") && !str_is(type, "message");
  struct str params, bare = str_cut(sub, ';', &params);
  GMimePart *part = known ? g_mime_part_new_with_type(one_line(a, type), one_line(a, str_trim(bare))) : g_mime_part_new_with_type("application", "octet-stream");
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer(f->content.n ? f->content.p : "", f->content.n);
  GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
  g_mime_part_set_content(part, content);
  g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
  g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
  g_mime_part_set_filename(part, one_line(a, f->name.n ? f->name : STR("file")));
  g_object_unref(content);
  g_object_unref(stream);
  return GMIME_OBJECT(part);
}

static GMimeObject *body_of(struct arena *a, const struct mail_letter *l) {
  GMimeMultipart *both = g_mime_multipart_new_with_subtype("alternative");
  GMimePart *plain = text_part("plain", l->text), *page = text_part("html", page_of(a, l->text));
  g_mime_multipart_add(both, GMIME_OBJECT(plain));
  g_mime_multipart_add(both, GMIME_OBJECT(page));
  g_object_unref(plain);
  g_object_unref(page);
  if (l->file_count == 0) return GMIME_OBJECT(both);
  GMimeMultipart *all = g_mime_multipart_new_with_subtype("mixed");
  g_mime_multipart_add(all, GMIME_OBJECT(both));
  g_object_unref(both);
  for (size_t i = 0; i < l->file_count; i++) {
    GMimeObject *file = file_part(a, &l->files[i]);
    g_mime_multipart_add(all, file);
    g_object_unref(file);
  }
  return GMIME_OBJECT(all);
}

static void put(GMimeMessage *m, const char *name, const char *value) { g_mime_object_set_header(GMIME_OBJECT(m), name, value, NULL); }

static void put_references(struct arena *a, GMimeMessage *m, const struct mail_letter *l) {
  if (l->in_reply_to.n == 0) return;
  put(m, "In-Reply-To", one_line(a, arena_printf(a, "<%.*s>", STR_ARG(l->in_reply_to))));
  struct buf b;
  buf_init(&b, 16 * 1024);
  bool last = false;
  for (size_t i = 0; i < l->reference_count; i++) {
    buf_printf(&b, "%s<%.*s>", b.n ? " " : "", STR_ARG(l->references[i]));
    last = str_eq(l->references[i], l->in_reply_to);
  }
  if (!last) buf_printf(&b, "%s<%.*s>", b.n ? " " : "", STR_ARG(l->in_reply_to));
  put(m, "References", one_line(a, arena_buf(a, &b)));
  buf_release(&b);
}

enum status mail_write(struct arena *a, const struct mail_letter *l, struct str *bytes, struct problem *p) {
  struct mail probe;
  (void)!mail_read(a, STR("A: b\n\n"), &probe, NULL); /* GMime is ready */
  GMimeMessage *m = g_mime_message_new(TRUE);
  g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_FROM, l->from_name.n ? one_line(a, l->from_name) : NULL, one_line(a, l->from));
  g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_TO, NULL, one_line(a, l->to));
  for (size_t i = 0; i < l->cc_count; i++) g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_CC, NULL, one_line(a, l->cc[i]));
  if (l->reply_to.n) g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_REPLY_TO, NULL, one_line(a, l->reply_to));
  g_mime_message_set_subject(m, one_line(a, l->subject), "utf-8");
  g_mime_message_set_message_id(m, one_line(a, l->id));
  GTimeZone *zone = g_time_zone_new_offset((gint32)(l->zone_offset_ms / 1000));
  GDateTime *utc = g_date_time_new_from_unix_utc(l->date_ms / 1000), *date = g_date_time_to_timezone(utc, zone);
  g_mime_message_set_date(m, date);
  g_date_time_unref(date);
  g_date_time_unref(utc);
  g_time_zone_unref(zone);
  put_references(a, m, l);
  if (l->automatic) {
    put(m, "Auto-Submitted", "auto-replied");
    put(m, "X-Auto-Response-Suppress", "All");
    put(m, "Precedence", "auto_reply");
  }
  GMimeObject *body = body_of(a, l);
  g_mime_message_set_mime_part(m, body);
  g_object_unref(body);
  GMimeFormatOptions *format = g_mime_format_options_new();
  g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
  GMimeStream *to = g_mime_stream_mem_new();
  bool written = g_mime_object_write_to_stream(GMIME_OBJECT(m), format, to) > 0;
  GByteArray *out = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(to));
  if (written) *bytes = arena_dup(a, (struct str){(const char *)out->data, out->len});
  g_object_unref(to);
  g_mime_format_options_free(format);
  g_object_unref(m);
  return written ? OK : problem_set(p, E_INVALID, "mail.write", "这封信写不出来", "This letter could not be written");
}
