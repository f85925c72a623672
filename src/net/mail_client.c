/* The two errands to a mail server, on libcurl: look into an IMAP folder and take letters, hand a letter to SMTP. Blocking; one
 * handle belongs to one thread. libcurl has no IDLE, so callers look again by a clock. Passwords go nowhere but to the server. */
#include "net/mail.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void start(void) { (void)curl_global_init(CURL_GLOBAL_DEFAULT); }

struct errand {
  const struct mail_server *server;
  const _Atomic bool *stop;
  char error[CURL_ERROR_SIZE], last[300]; /* the server's last refusal */
  struct mail_outgoing *letter;  /* of a letter: its receivers as the server is asked for them */
  size_t asked;
  bool asking, first_refused;
};

static bool digit(char c) { return c >= '0' && c <= '9'; }

/* A server's line as text: without its end, cut to the room, and its letters beyond ASCII only when they are UTF-8 (many servers in China
 * answer in GBK, which no page and no log could hold). */
static void keep_words(char *to, size_t room, const char *data, size_t n) {
  while (n > 0 && (data[n - 1] == '\n' || data[n - 1] == '\r')) n--;
  bool text = str_utf8_valid((struct str){data, n});
  if (n > room - 1) n = room - 1;
  while (text && n > 0 && ((unsigned char)data[n] & 0xc0) == 0x80) n--;
  for (size_t i = 0; i < n; i++) to[i] = (char)(((unsigned char)data[i] < 0x80 && (unsigned char)data[i] >= 0x20) || (text && (unsigned char)data[i] >= 0x80) ? data[i] : '?');
  to[n] = 0;
}

/* Each receiver is asked for in turn (RCPT TO); the last line of the answer says whether the server takes it. */
static void note_receiver(struct errand *e, curl_infotype type, const char *data, size_t n) {
  struct mail_outgoing *o = e->letter;
  if (type == CURLINFO_HEADER_OUT && n > 8 && strncmp(data, "RCPT TO:", 8) == 0) {
    e->asked++;
    e->asking = true;
  } else if (type == CURLINFO_HEADER_IN && e->asking && n > 3 && data[3] == ' ') {
    e->asking = false;
    if ((data[0] != '4' && data[0] != '5') || e->asked > o->to_count || o->refused_count == o->to_count) return;
    struct mail_refusal *r = &o->refused[o->refused_count++];
    *r = (struct mail_refusal){.at = e->asked - 1, .later = data[0] == '4'};
    keep_words(r->said, sizeof r->said, data, n);
    e->first_refused |= r->at == 0 && !o->copies;
  }
}

/* The server's last refusal (SMTP 4xx and 5xx, IMAP NO and BAD): words of the server that hold no secret of ours. */
static int on_debug(CURL *h, curl_infotype type, char *data, size_t n, void *ctx) {
  (void)h;
  struct errand *e = ctx;
  if (e->letter) note_receiver(e, type, data, n);
  if (type != CURLINFO_HEADER_IN || n < 3) return 0;
  while (n > 0 && (data[n - 1] == '\n' || data[n - 1] == '\r')) n--;
  struct str line = {data, n};
  bool smtp = n > 3 && (data[0] == '4' || data[0] == '5') && digit(data[1]) && digit(data[2]);
  if (!smtp && str_find(line, STR(" NO "), 0) == SIZE_MAX && str_find(line, STR(" BAD "), 0) == SIZE_MAX) return 0;
  keep_words(e->last, sizeof e->last, data, n);
  return 0;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  (void)a, (void)b, (void)c, (void)d;
  const struct errand *e = ctx;
  return e->stop && *e->stop ? 1 : 0;
}

static bool set_common(CURL *h, struct errand *e) {
  const struct mail_server *s = e->server;
  char text[512];
  bool good = curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
  good = good && curl_easy_setopt(h, CURLOPT_ERRORBUFFER, e->error) == CURLE_OK;
  good = good && curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, (long)MAIL_CONNECT_S) == CURLE_OK;
  good = good && curl_easy_setopt(h, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)MAIL_SILENCE_S) == CURLE_OK;
  good = good && curl_easy_setopt(h, CURLOPT_LOW_SPEED_LIMIT, 10L) == CURLE_OK && curl_easy_setopt(h, CURLOPT_LOW_SPEED_TIME, (long)MAIL_SILENCE_S) == CURLE_OK;
  good = good && curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "imap,imaps,smtp,smtps") == CURLE_OK;
  good = good && curl_easy_setopt(h, CURLOPT_USE_SSL, (long)(s->security == MAIL_STARTTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE)) == CURLE_OK;
  good = good && curl_easy_setopt(h, CURLOPT_VERBOSE, 1L) == CURLE_OK && curl_easy_setopt(h, CURLOPT_DEBUGFUNCTION, on_debug) == CURLE_OK;
  good = good && curl_easy_setopt(h, CURLOPT_DEBUGDATA, e) == CURLE_OK && curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
  good = good && curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK && curl_easy_setopt(h, CURLOPT_XFERINFODATA, e) == CURLE_OK;
  if (s->unverified) good = good && curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK && curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK;
  if (s->user.n) {
    (void)snprintf(text, sizeof text, "%.*s", STR_ARG(s->user));
    good = good && curl_easy_setopt(h, CURLOPT_USERNAME, text) == CURLE_OK;
    (void)snprintf(text, sizeof text, "%.*s", STR_ARG(s->password));
    good = good && curl_easy_setopt(h, CURLOPT_PASSWORD, text) == CURLE_OK;
    memset(text, 0, sizeof text);
  }
  return good;
}

/* What an outcome of libcurl means. */
static bool done(struct errand *e, CURL *h, CURLcode code, struct mail_trouble *t) {
  *t = (struct mail_trouble){0};
  if (code == CURLE_OK) return true;
  long answer = 0;
  (void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &answer);
  const char *words = e->last[0] ? e->last : e->error[0] ? e->error : curl_easy_strerror(code);
  (void)snprintf(t->said, sizeof t->said, "%s", words);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: t->fault = MAIL_NO_HOST; break;
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT: t->fault = MAIL_NO_CONNECTION; break;
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE: t->fault = MAIL_NO_TLS; break;
    case CURLE_LOGIN_DENIED: t->fault = answer >= 400 && answer < 500 ? MAIL_LATER : MAIL_NO_LOGIN; break;
    default: t->fault = answer >= 500 && answer < 600 ? MAIL_REFUSED : answer >= 400 && answer < 500 ? MAIL_LATER : MAIL_CUT;
  }
  return false;
}

enum status mail_trouble_problem(const struct mail_trouble *t, const struct mail_server *s, struct problem *p) {
  const char *said = t->said;
  struct str host = s->host;
  switch (t->fault) {
    case MAIL_FINE: return OK;
    case MAIL_NO_HOST: return problem_set(p, E_IO, "mail.no_host", "找不到主机“%.*s”，请核对主机名", "There is no host “%.*s”; check its name", STR_ARG(host));
    case MAIL_NO_CONNECTION:
      return problem_set(p, E_IO, "mail.no_connection", "连不上 %.*s 的 %d 端口，请核对端口和加密方式，或过一会儿再试", "Cannot connect to %.*s, port %d; check the port and the encryption, or try again later", STR_ARG(host), s->port);
    case MAIL_NO_TLS:
      return problem_set(p, E_IO, "mail.no_tls", "和 %.*s 建立加密连接没有成功（%s）；请核对加密方式、端口和证书", "No encrypted connection to %.*s (%s); check the encryption, the port and the certificate", STR_ARG(host), said);
    case MAIL_NO_LOGIN:
      return problem_set(p, E_INVALID, "mail.no_login", "%.*s 不让登录：用户名或密码不对，或要用邮箱的“授权码”（%s）", "%.*s refuses the login: wrong user or password, or it wants an app password (%s)", STR_ARG(host), said);
    case MAIL_NO_FOLDER: return problem_set(p, E_INVALID, "mail.no_folder", "%.*s 上没有这个文件夹（%s）", "There is no such folder on %.*s (%s)", STR_ARG(host), said);
    case MAIL_REFUSED: return problem_set(p, E_IO, "mail.refused", "%.*s 拒收：%s", "%.*s refuses: %s", STR_ARG(host), said);
    case MAIL_LATER: return problem_set(p, E_IO, "mail.later", "%.*s 说稍后再来：%s", "%.*s says to come later: %s", STR_ARG(host), said);
    case MAIL_CUT: break;
  }
  return problem_set(p, E_IO, "mail.cut", "和 %.*s 的连接断了：%s", "The connection to %.*s broke: %s", STR_ARG(host), said);
}

/* ---- IMAP ------------------------------------------------------------------------------------------------------------------- */

struct mail_imap {
  struct errand e;
  struct mail_server server;
  CURL *h;
  char *folder;        /* as the server spells it: modified UTF-7 */
  char *in_url;        /* the same for an address */
};

/* Modified UTF-7 (RFC 3501, 5.1.3): 收件箱 is &ZTZO9nux-. */
static char *folder_name(struct str folder) {
  struct buf b;
  buf_init(&b, 4096);
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
  u32 c, word = 0;
  int bits = 0;
  bool shifted = false;
  for (size_t at = 0, n;; at += n) {
    n = str_decode(folder, at, &c);
    bool plain = n == 0 || (c >= 0x20 && c < 0x7f);
    if (plain && shifted) {
      if (bits) buf_byte(&b, digits[word << (6 - bits) & 63]);
      buf_byte(&b, '-');
      shifted = false;
    }
    if (n == 0) break;
    if (plain) {
      if (c == '&') buf_addc(&b, "&-");
      else buf_byte(&b, (char)c);
      continue;
    }
    if (!shifted) buf_byte(&b, '&');
    if (!shifted) word = 0, bits = 0;
    shifted = true;
    u32 units[2] = {c, 0};
    int count = 1;
    if (c > 0xffff) units[0] = 0xd800 + ((c - 0x10000) >> 10), units[1] = 0xdc00 + ((c - 0x10000) & 0x3ff), count = 2;
    for (int i = 0; i < count; i++) {
      word = word << 16 | units[i];
      for (bits += 16; bits >= 6; bits -= 6) buf_byte(&b, digits[word >> (bits - 6) & 63]);
      word &= (1U << bits) - 1;
    }
  }
  char *out = strndup(b.p ? b.p : "", b.n);
  buf_release(&b);
  return out;
}

struct mail_imap *mail_imap_open(const struct mail_server *s, struct str folder, const _Atomic bool *stop) {
  pthread_once(&once, start);
  struct mail_imap *m = calloc(1, sizeof *m);
  BUG_IF(m == NULL);
  m->server = *s;
  m->e = (struct errand){.server = &m->server, .stop = stop};
  m->h = curl_easy_init();
  m->folder = folder_name(folder.n ? folder : STR("INBOX"));
  BUG_IF(m->h == NULL || m->folder == NULL);
  m->in_url = curl_easy_escape(m->h, m->folder, 0);
  BUG_IF(m->in_url == NULL);
  return m;
}

void mail_imap_close(struct mail_imap *m) {
  if (m == NULL) return;
  curl_free(m->in_url);
  curl_easy_cleanup(m->h);
  free(m->folder);
  free(m);
}

static size_t on_bytes(char *data, size_t one, size_t n, void *ctx) {
  struct buf *b = ctx;
  (void)one;
  buf_add(b, (struct str){data, n});
  return b->overflow ? 0 : n;
}

/* `path` below the host; `command` instead of what libcurl would ask, or NULL. */
static bool ask(struct mail_imap *m, const char *path, const char *command, struct buf *into, struct mail_trouble *t) {
  char url[2048];
  const struct mail_server *s = &m->server;
  bool six = memchr(s->host.p, ':', s->host.n) != NULL;
  m->e.error[0] = m->e.last[0] = 0;
  (void)snprintf(url, sizeof url, "%s://%s%.*s%s:%d/%s", s->security == MAIL_TLS ? "imaps" : "imap", six ? "[" : "", STR_ARG(s->host), six ? "]" : "", s->port, path);
  curl_easy_reset(m->h); /* the connection stays */
  bool good = set_common(m->h, &m->e) && curl_easy_setopt(m->h, CURLOPT_URL, url) == CURLE_OK && curl_easy_setopt(m->h, CURLOPT_CUSTOMREQUEST, command) == CURLE_OK &&
              curl_easy_setopt(m->h, CURLOPT_WRITEFUNCTION, on_bytes) == CURLE_OK && curl_easy_setopt(m->h, CURLOPT_WRITEDATA, into) == CURLE_OK;
  return done(&m->e, m->h, good ? curl_easy_perform(m->h) : CURLE_FAILED_INIT, t);
}

static i64 number_after(struct str s, const char *word) {
  size_t at = str_find(s, str_c(word), 0);
  i64 n = 0;
  if (at == SIZE_MAX) return -1;
  for (at += strlen(word); at < s.n && s.p[at] >= '0' && s.p[at] <= '9' && n < INT64_MAX / 10; at++) n = n * 10 + (s.p[at] - '0');
  return n;
}

bool mail_imap_refresh(struct mail_imap *m, struct mail_trouble *t) {
  struct buf b;
  buf_init(&b, 64 * 1024);
  bool good = ask(m, "", "NOOP", &b, t);
  buf_release(&b);
  return good;
}

bool mail_imap_status(struct mail_imap *m, i64 *validity, i64 *next, struct mail_trouble *t) {
  char command[1024];
  struct buf b;
  buf_init(&b, 64 * 1024);
  (void)snprintf(command, sizeof command, "STATUS \"%s\" (UIDVALIDITY UIDNEXT)", m->folder);
  bool good = strpbrk(m->folder, "\"\\\r\n") == NULL && ask(m, "", command, &b, t);
  if (good) {
    *validity = number_after(buf_str(&b), "UIDVALIDITY ");
    *next = number_after(buf_str(&b), "UIDNEXT ");
  }
  if (!good && t->fault != MAIL_NO_LOGIN && (m->e.last[0] || t->fault == MAIL_FINE)) {
    t->fault = MAIL_NO_FOLDER;
    (void)snprintf(t->said, sizeof t->said, "%s", m->e.last[0] ? m->e.last : m->folder);
  } else if (good && (*validity < 0 || *next < 0)) {
    *t = (struct mail_trouble){.fault = MAIL_NO_FOLDER};
    (void)snprintf(t->said, sizeof t->said, "%s", m->e.last);
    good = false;
  }
  buf_release(&b);
  return good;
}

bool mail_imap_find(struct mail_imap *m, i64 first, const char *since, i64 *uids, size_t most, size_t *count, struct mail_trouble *t) {
  char command[128];
  struct buf b;
  *count = 0;
  buf_init(&b, (size_t)16 << 20);
  (void)snprintf(command, sizeof command, "UID SEARCH UID %lld:*%s%s", (long long)first, since[0] ? " SINCE " : "", since);
  bool good = ask(m, m->in_url, command, &b, t);
  struct str s = buf_str(&b);
  size_t at = good ? str_find(s, STR("SEARCH"), 0) : SIZE_MAX;
  for (at = at == SIZE_MAX ? s.n : at + 6; good && at < s.n && s.p[at] != '\r' && s.p[at] != '\n';) {
    i64 uid = 0;
    while (at < s.n && s.p[at] == ' ') at++;
    size_t from = at;
    for (; at < s.n && s.p[at] >= '0' && s.p[at] <= '9' && uid < INT64_MAX / 10; at++) uid = uid * 10 + (s.p[at] - '0');
    if (at == from) break;
    if (uid < first) continue; /* "n:*" always names the last one */
    /* Kept ascending; the smallest `most` of them. */
    size_t k = *count < most ? (*count)++ : most;
    if (k == most && uids[most - 1] <= uid) continue;
    if (k == most) k--;
    while (k > 0 && uids[k - 1] > uid) uids[k] = uids[k - 1], k--;
    uids[k] = uid;
  }
  buf_release(&b);
  return good;
}

bool mail_imap_size(struct mail_imap *m, i64 uid, i64 *bytes, struct mail_trouble *t) {
  char command[64];
  struct buf b;
  buf_init(&b, 64 * 1024);
  (void)snprintf(command, sizeof command, "UID FETCH %lld (RFC822.SIZE)", (long long)uid);
  bool good = ask(m, m->in_url, command, &b, t);
  if (good) *bytes = number_after(buf_str(&b), "RFC822.SIZE ");
  buf_release(&b);
  return good;
}

bool mail_imap_fetch(struct mail_imap *m, i64 validity, i64 uid, bool header, size_t most, struct buf *into, bool *gone, struct mail_trouble *t) {
  char path[1400];
  (void)most;
  into->n = 0;
  *gone = false;
  (void)snprintf(path, sizeof path, "%s;UIDVALIDITY=%lld/;UID=%lld%s", m->in_url, (long long)validity, (long long)uid, header ? "/;SECTION=HEADER" : "");
  bool good = ask(m, path, NULL, into, t);
  if (!good && (strstr(m->e.error, "uidvalidity") || strstr(m->e.error, "UIDVALIDITY"))) *gone = true;
  if (good && into->n == 0) *gone = true;
  return good;
}

/* ---- SMTP ------------------------------------------------------------------------------------------------------------------- */

struct upload {
  const struct errand *errand;
  struct str bytes;
  size_t at;
};

static size_t on_read(char *to, size_t one, size_t n, void *ctx) {
  struct upload *u = ctx;
  if (u->errand->first_refused) return CURL_READFUNC_ABORT; /* the line is cut before the letter ends: nobody gets it */
  size_t left = u->bytes.n - u->at, k = one * n < left ? one * n : left;
  if (k) memcpy(to, u->bytes.p + u->at, k);
  u->at += k;
  return k;
}

static bool smtp_url(char *url, size_t n, const struct mail_server *s) {
  bool six = memchr(s->host.p, ':', s->host.n) != NULL;
  return snprintf(url, n, "%s://%s%.*s%s:%d/", s->security == MAIL_TLS ? "smtps" : "smtp", six ? "[" : "", STR_ARG(s->host), six ? "]" : "", s->port) < (int)n;
}

/* Whom it is for was refused: by the server's words about that receiver, not about a later one. */
static bool refused(const struct mail_outgoing *o, struct mail_trouble *t) {
  for (size_t i = 0; i < o->refused_count; i++) {
    if (o->refused[i].at != 0) continue;
    *t = (struct mail_trouble){.fault = o->refused[i].later ? MAIL_LATER : MAIL_REFUSED};
    (void)snprintf(t->said, sizeof t->said, "%s", o->refused[i].said);
  }
  return false;
}

bool mail_smtp_send(const struct mail_server *s, struct mail_outgoing *o, const _Atomic bool *stop, struct mail_trouble *t) {
  char url[600], sender[300], receiver[300];
  pthread_once(&once, start);
  struct errand e = {.server = s, .stop = stop, .letter = o};
  struct upload u = {.errand = &e, .bytes = o->bytes};
  CURL *h = curl_easy_init();
  BUG_IF(h == NULL);
  o->refused_count = 0;
  (void)snprintf(sender, sizeof sender, "<%.*s>", STR_ARG(o->from));
  struct curl_slist *list = NULL;
  for (size_t i = 0; i < o->to_count; i++) {
    (void)snprintf(receiver, sizeof receiver, "<%.*s>", STR_ARG(o->to[i]));
    list = curl_slist_append(list, receiver);
  }
  bool good = smtp_url(url, sizeof url, s) && set_common(h, &e) && curl_easy_setopt(h, CURLOPT_URL, url) == CURLE_OK && curl_easy_setopt(h, CURLOPT_MAIL_FROM, sender) == CURLE_OK &&
              curl_easy_setopt(h, CURLOPT_MAIL_RCPT, list) == CURLE_OK && curl_easy_setopt(h, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L) == CURLE_OK && curl_easy_setopt(h, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
              curl_easy_setopt(h, CURLOPT_READFUNCTION, on_read) == CURLE_OK && curl_easy_setopt(h, CURLOPT_READDATA, &u) == CURLE_OK &&
              curl_easy_setopt(h, CURLOPT_INFILESIZE_LARGE, (curl_off_t)o->bytes.n) == CURLE_OK;
  good = done(&e, h, good ? curl_easy_perform(h) : CURLE_FAILED_INIT, t);
  if (!good && e.first_refused) good = refused(o, t);
  if (!good && o->copies && o->refused_count == o->to_count) good = true; /* each was asked for, and the server said no to each */
  curl_slist_free_all(list);
  curl_easy_cleanup(h);
  return good;
}

bool mail_smtp_check(const struct mail_server *s, const _Atomic bool *stop, struct mail_trouble *t) {
  char url[600];
  pthread_once(&once, start);
  struct errand e = {.server = s, .stop = stop};
  CURL *h = curl_easy_init();
  BUG_IF(h == NULL);
  bool good = smtp_url(url, sizeof url, s) && set_common(h, &e) && curl_easy_setopt(h, CURLOPT_URL, url) == CURLE_OK && curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, "NOOP") == CURLE_OK &&
              curl_easy_setopt(h, CURLOPT_NOBODY, 1L) == CURLE_OK;
  good = done(&e, h, good ? curl_easy_perform(h) : CURLE_FAILED_INIT, t);
  curl_easy_cleanup(h);
  return good;
}
