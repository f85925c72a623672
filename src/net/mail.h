/* E-mail without a desk: letters read (RFC 5322, MIME), letters written, and the two errands to a mail server.
 *
 * Reading never fails on a bad letter: what cannot be understood becomes text or a file, and limits are named. Nothing of a
 * foreign page is kept but its words. All text given out is UTF-8 in the caller's arena; addresses are in small letters. */
#ifndef GUIJU_NET_MAIL_H
#define GUIJU_NET_MAIL_H

#include "base/arena.h"

enum {
  MAIL_FILES_MOST = 30,            /* files of one letter; more are counted, not kept */
  MAIL_DEPTH_MOST = 20,            /* parts in parts */
  MAIL_PARTS_MOST = 500,
  MAIL_TEXT_MOST = 256 * 1024,     /* bytes of words taken from one letter */
  MAIL_REFERENCES_MOST = 40,
  MAIL_RECIPIENTS_MOST = 40,
  MAIL_ID_MOST = 250,              /* bytes of a Message-ID; longer ones are cut */
  MAIL_CONNECT_S = 15, MAIL_SILENCE_S = 30, /* before a server counts as gone */
};

enum mail_class {
  MAIL_PERSON, /* somebody wrote */
  MAIL_AUTO,   /* a program answered or sent to many: must never be answered */
  MAIL_BOUNCE, /* a letter of ours came back */
};

struct mail_file {
  struct str name, type; /* as the sender says */
  struct str content;
  bool inside;           /* an image that the page shows in its text */
};

struct mail_bounce {
  struct str id;         /* Message-ID of the letter that came back; "" when it cannot be seen */
  struct str recipient, code, reason; /* "5.1.1", words of the server */
};

struct mail {
  struct str id;         /* Message-ID without <>; "" when it has none */
  struct str references[MAIL_REFERENCES_MOST]; /* the letters this one answers, nearest first */
  size_t reference_count;
  struct str from, from_name, subject;
  struct str to[MAIL_RECIPIENTS_MOST]; /* To, then Cc, then Delivered-To */
  size_t to_count, cc_from, cc_end; /* To ends and Cc begins; Cc ends */
  i64 date_ms;           /* 0: none */
  struct str text;       /* what is new in it */
  struct str quoted;     /* the history that was carried along */
  enum mail_class class;
  const char *why;       /* the header that made it MAIL_AUTO or MAIL_BOUNCE; "" */
  bool no_answer;        /* a person's, but asks for no automatic answer */
  struct mail_bounce bounce;
  struct mail_file files[MAIL_FILES_MOST];
  size_t file_count, files_left;
};

/* E_INVALID when the bytes have no header at all. */
MUST_CHECK enum status mail_read(struct arena *a, struct str bytes, struct mail *out, struct problem *p);
/* Words of an HTML page: no script, style, comment or hidden title; blocks become lines, links keep their address. */
struct str mail_html_text(struct arena *a, struct str html);
/* Bytes of a named charset as UTF-8; what is broken becomes U+FFFD. Unknown or wrong names: UTF-8 if it is that, else GB18030. */
struct str mail_utf8(struct arena *a, struct str bytes, struct str charset);
/* Where the carried history begins: byte offset, or s.n when there is none. */
size_t mail_quote_at(struct str s);
/* A single address "a@b" in small letters; "" when it is none. */
struct str mail_address(struct arena *a, struct str s);
/* The subject without Re:, 回复：, Fwd: and the token in front or behind. */
struct str mail_subject_bare(struct str subject);

struct mail_letter {
  struct str id;                  /* without <> */
  struct str from, from_name, to, reply_to /* "" = from */, subject, text;
  const struct str *cc;
  size_t cc_count;
  struct str in_reply_to;         /* without <>, or "" */
  const struct str *references;   /* oldest first */
  size_t reference_count;
  const struct mail_file *files;
  size_t file_count;
  i64 date_ms, zone_offset_ms;
  bool automatic;                 /* says so in its headers, so that no program answers */
};
/* The letter's bytes, CRLF, text and a simple page beside it. */
MUST_CHECK enum status mail_write(struct arena *a, const struct mail_letter *l, struct str *bytes, struct problem *p);

/* ---- errands: each blocks its thread, at most about MAIL_SILENCE_S without a sign of life ------------------------------- */

enum mail_security { MAIL_PLAIN, MAIL_STARTTLS, MAIL_TLS };
struct mail_server {
  struct str host;
  int port;
  enum mail_security security;
  struct str user, password;      /* user "": no login */
  bool unverified;                /* the certificate is not checked */
};

enum mail_fault { MAIL_FINE, MAIL_NO_HOST, MAIL_NO_CONNECTION, MAIL_NO_TLS, MAIL_NO_LOGIN, MAIL_NO_FOLDER, MAIL_REFUSED /* for good */, MAIL_LATER, MAIL_CUT };
struct mail_trouble {
  enum mail_fault fault;
  char said[300];                 /* the server's or the library's words; no secret */
};
/* One sentence in both languages that says what to do. Returns E_IO (E_INVALID for login and folder). */
MUST_CHECK enum status mail_trouble_problem(const struct mail_trouble *t, const struct mail_server *s, struct problem *p);

struct mail_imap;
/* `stop` (may be NULL): set by another thread, ends the errand soon. The server's texts are borrowed until _close. */
struct mail_imap *mail_imap_open(const struct mail_server *s, struct str folder, const _Atomic bool *stop);
void mail_imap_close(struct mail_imap *m);
/* A connection that was kept asks the server what is new in the folder it has open (NOOP): only then does the status tell the truth. */
MUST_CHECK bool mail_imap_refresh(struct mail_imap *m, struct mail_trouble *t);
/* The folder's UIDVALIDITY and UIDNEXT. */
MUST_CHECK bool mail_imap_status(struct mail_imap *m, i64 *validity, i64 *next, struct mail_trouble *t);
/* UIDs from `first` on, not older than the date ("1-Jan-2026"; "": all), ascending, at most `most`. */
MUST_CHECK bool mail_imap_find(struct mail_imap *m, i64 first, const char *since, i64 *uids, size_t most, size_t *count, struct mail_trouble *t);
MUST_CHECK bool mail_imap_size(struct mail_imap *m, i64 uid, i64 *bytes, struct mail_trouble *t); /* -1: gone */
/* The letter, or only its header; at most `most` bytes. *gone: it is no longer there. */
MUST_CHECK bool mail_imap_fetch(struct mail_imap *m, i64 validity, i64 uid, bool header, size_t most, struct buf *into, bool *gone, struct mail_trouble *t);

/* A receiver that the server would not take: which of `to`, and its words. */
struct mail_refusal {
  size_t at;
  bool later;                     /* not now: it may take it another time */
  char said[300];
};
struct mail_outgoing {
  struct str from, bytes;
  const struct str *to;           /* first whom the letter is for, then who gets a copy */
  size_t to_count;
  struct mail_refusal *refused;   /* room for `to_count` */
  size_t refused_count;
  bool copies;                    /* whom it is for has it: all of `to` get a copy, and one that is refused stops nobody */
};
/* True: the server has taken the letter over, for all of `to` but the refused (of copies: perhaps for nobody). When the first is refused
 * nobody gets it, and *t says why. */
MUST_CHECK bool mail_smtp_send(const struct mail_server *s, struct mail_outgoing *o, const _Atomic bool *stop, struct mail_trouble *t);
MUST_CHECK bool mail_smtp_check(const struct mail_server *s, const _Atomic bool *stop, struct mail_trouble *t); /* connects and signs in */

#endif
