/* Channels: their settings as a typed thing, and what a conversation shows of letters and their delivery. */
#ifndef GUIJU_VIEWS_CHANNEL_H
#define GUIJU_VIEWS_CHANNEL_H

#include "views/view.h"

enum {
  MAILBOXES_MOST = 16,             /* mail channels of one desk */
  LETTER_TEXT_MOST = 50000,        /* characters of one letter; what is longer becomes a file beside it */
  LETTERS_AN_HOUR = 20,            /* letters of one sender within an hour before they count as a loop, unless the settings say otherwise */
  LETTER_CC_MOST = 10,             /* receivers of a copy */
};

/* One server of a mail channel, and the rest; text is borrowed from the JSON's arena copy. */
struct channel_server {
  struct str host, user, security; /* "tls", "starttls", "none" */
  i64 port;
};
struct channel_settings {
  struct channel_server in, out;
  bool separate_password;  /* the outgoing server has one of its own */
  struct str folder;       /* "INBOX" */
  struct str from_name;    /* "{客服} · {店铺}" */
  struct str signature;    /* below every letter; "" none */
  struct str token;        /* where the thread's number stands: "subject", "address", "none" */
  struct str auto_answer;  /* outside the service hours, or while nobody is there; "" none */
  struct str receipt;      /* inside them, for the letter that begins a thread; "" none */
  i64 most_mb;             /* letters above are refused politely */
  i64 poll_s;
  bool unverified;         /* certificates are not checked */
  i64 loop_most;           /* letters of one sender within an hour; more count as a loop */
  struct str loop_except;  /* who may send more: addresses and domains ("shop.example"), between spaces, commas or lines */
};
/* From the settings' JSON; what is missing gets its default. E_INVALID names the field. */
MUST_CHECK enum status channel_settings_read(struct arena *a, json_t *json, struct channel_settings *out, struct problem *p);
json_t *channel_settings_json(const struct channel_settings *s); /* canonical; new reference */

/* How words reach the customer of a conversation: by letter when their latest words came as one, or when the desk wrote to them and
 * they have not said anything yet. Texts are in the arena. */
struct letter_route {
  bool by_letter;
  bool off;                  /* its mailbox is switched off or gone */
  struct str channel, own;   /* our side */
  struct str to, title;      /* theirs; the title without Re: and number */
  struct str answers;        /* Message-ID that is answered; "" none */
  struct str refs;           /* JSON list of the chain of letters */
  bool oldest_first;         /* … its order */
  struct str cc;             /* JSON list: who had a copy of the letter that is answered, our own addresses among them */
  struct str settings;       /* of the mailbox */
};
MUST_CHECK enum status letter_route_find(struct store *s, struct arena *a, struct str conversation, struct letter_route *out, struct problem *p);

/* Is this address (small letters) one of the exceptions, itself or by its domain? */
bool channel_loop_excepted(struct str except, struct str address);

/* Adds "mail" and "delivery" to the messages (as conversation_messages_json made them) that went by letter. */
MUST_CHECK enum status channel_dress_messages(struct read_ctx *r, struct str conversation, json_t *messages);

#endif
