/* Who gets the next conversation, and work that is handed over. Folded from the log: what was decided is an event, so a replay
 * gives the same hands; only the choice itself, made once by the writer, looks at the clock. */
#ifndef GUIJU_VIEWS_ROUTING_H
#define GUIJU_VIEWS_ROUTING_H

#include "views/view.h"

/* How to choose among those who may have it (SETTING_ROUTE_ORDER). */
enum route_order { ROUTE_LEAST_BUSY, ROUTE_ROUND_ROBIN };

/* … and SETTING_ROUTE_SHIFT: nobody asks for the roster; only who is on shift; others when nobody on shift has room. */
enum route_shift { ROUTE_SHIFT_ANY, ROUTE_SHIFT_ONLY, ROUTE_SHIFT_FIRST };

enum { ROUTE_TRIED_MOST = 64 };
/* What is to be given. All texts borrowed. */
struct route_wish {
  struct str conversation, except; /* except: not this one; "" = nobody */
  const struct str *tried;         /* nor these */
  size_t tried_count;
  bool any_skill;                  /* a list of many conversations: skills and channels are not asked */
};
/* agent "": nobody. reason: in Chinese, for the event ("轮到", "手上最少", "上次接待的人" …). anybody: somebody with room is there at all. */
struct route_choice {
  struct str agent, reason;
  bool anybody;
};
/* Receives customers, present, not on leave, on shift where the roster holds the day, below the caps, has the skills the conversation needs
 * (asked of everybody once it waited SETTING_SKILL_SECONDS), did not let it fall already; among those the last agent of this customer,
 * else by the order of the setting; ties: whose last turn is longest ago. */
MUST_CHECK enum status routing_choose(struct store *s, struct arena *a, const struct lang_program *program, i64 now_ms, i64 zone_offset_ms, const struct route_wish *wish,
                                      struct route_choice *out, struct problem *p);
/* How many conversations somebody is given at most. */
MUST_CHECK enum status routing_cap(struct store *s, struct arena *a, struct str person, i64 *cap, struct problem *p);
/* Does the rulebook say itself when people may be away (a gate or a duty on 在线.变更 or 考勤.离岗)? Then the desk's settings keep silent. */
bool routing_book_speaks_of_away(const struct lang_program *program);

#endif
