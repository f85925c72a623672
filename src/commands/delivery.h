/* The outbox: what an agent said in a conversation whose customer wrote by letter goes out as one. */
#ifndef GUIJU_COMMANDS_DELIVERY_H
#define GUIJU_COMMANDS_DELIVERY_H

#include "commands/command.h"

/* How words reach the customer of a conversation: by letter when their latest words came as one. */
struct delivery_route {
  bool by_letter;
  struct str channel, address, title, answers, token;
  struct str domain;          /* of our own address */
  const struct value *refs;   /* the chain of letters, oldest first */
  size_t ref_count;
  struct value cc;            /* V_LIST of addresses, or absent */
  bool fresh;                 /* begins a thread: no “Re:” */
};
/* Asked before the event is appended, so that it can name its channel. E_CONFLICT when the mailbox is switched off. */
MUST_CHECK enum status delivery_find_route(struct command_ctx *c, struct str conversation, struct delivery_route *out);
/* Fills what the route needs of its mailbox. */
MUST_CHECK enum status delivery_mailbox(struct command_ctx *c, struct str settings, struct str address, struct delivery_route *out);
/* To an address that nobody wrote a letter from yet, by the first mailbox that is on; no route without one. */
MUST_CHECK enum status delivery_route_to(struct command_ctx *c, struct str address, struct str title, struct delivery_route *out);
bool delivery_good_address(struct str s);
/* Optional list of addresses that get a copy. */
MUST_CHECK enum status delivery_cc_arg(struct command_ctx *c, json_t *args, struct value *out);
/* A letter came back from one of those who got a copy (*is): said on the message, which is with the customer all the same. */
MUST_CHECK enum status delivery_copy_returned(struct command_ctx *c, struct str id, struct str address, struct str why, struct str why_en, bool *is);
/* The words of this message were taken back: their letter leaves the outbox if it is still there. */
MUST_CHECK enum status delivery_withdraw(struct command_ctx *c, struct str message);
/* Puts the words of event `said` into the outbox; with `text` its own words (then said may be NULL). */
MUST_CHECK enum status delivery_queue(struct command_ctx *c, const struct delivery_route *route, struct str conversation, const struct event *said, struct str text, bool automatic);
/* May the words of this message still be taken back or changed? E_CONFLICT when their letter has gone. */
MUST_CHECK enum status delivery_check_waiting(struct command_ctx *c, struct str message);
/* Tells an agent; "" tells nobody. */
MUST_CHECK enum status delivery_tell(struct command_ctx *c, struct str person, struct str text, struct str text_en);

#endif
