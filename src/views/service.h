/* Service hours (服务时间): when the desk answers. The one source for the chat window, the offline form, automatic answers, the
 * clocks where the rulebook is silent, and the reports.
 *
 * What the rulebook's head says (制度 … 服务时间 …) wins; where it says nothing the desk's setting holds: spans of each weekday, of
 * holidays and of make-up working days (调休), as the desk's calendar names them. Everything is folded from events with the moment
 * it came into force, so a wait is measured by what held when it began, also when it is counted long afterwards. */
#ifndef GUIJU_VIEWS_SERVICE_H
#define GUIJU_VIEWS_SERVICE_H

#include "base/calendar.h"
#include "views/view.h"

#include <jansson.h>

#define SERVICE_ITEM "service" /* the setting's name in desk.changed; its value is the JSON of service_setting_json */
enum {
  SERVICE_MONDAY = 0, SERVICE_HOLIDAY = 7, SERVICE_MAKE_UP = 8, SERVICE_DAYS = 9,
  SERVICE_SPANS_MOST = 6,           /* of one day */
  SERVICE_TARGET_MOST_S = 30 * 24 * 3600,
};
struct service_span {
  i64 from_ms, to_ms; /* of the day; an end past 24:00 lies on the next day */
};
struct service_day {
  struct service_span spans[SERVICE_SPANS_MOST]; /* by beginning */
  size_t count;
};
struct service_targets {
  i64 first_ms, next_ms, resolve_ms; /* 0: none */
  bool only_hours;                   /* they count inside the hours only */
  bool wait_pauses;                  /* the resolution stands still while the customer is waited for */
};
struct service {
  bool known;            /* false: nobody has said anything; then the desk counts as open always */
  bool by_book;          /* the rulebook says so */
  i64 since_ms, version; /* in force from then on; sequence number of its event */
  i64 moment_ms;         /* in a history: since when all of this held, the calendar too */
  struct service_day days[SERVICE_DAYS];
  struct service_targets targets; /* of the setting, also when the hours are the book's */
  struct work_calendar calendar;
  i64 zone_ms;
};

/* What was in force at a moment. */
MUST_CHECK enum status service_at(struct store *s, struct arena *a, i64 at_ms, struct service *out, struct problem *p);
bool service_is_open(const struct service *s, i64 at_ms);
/* Open time between two moments, ms; without hours all of it. */
i64 service_between(const struct service *s, i64 from_ms, i64 to_ms);
/* The moment at which `open_ms` of open time have passed since at_ms. False: never within ten years. */
bool service_add(const struct service *s, i64 at_ms, i64 open_ms, i64 *out);
/* The next moment from at_ms on at which the desk is open. False: never within ten years. */
bool service_next_open(const struct service *s, i64 at_ms, i64 *out);
/* The spans that begin on a date, as instants, by beginning. Returns how many. */
size_t service_spans_on(const struct service *s, i64 date, struct service_span out[SERVICE_SPANS_MOST]);

/* {"days":[[["09:00","12:00"],…]×9]|null,"first_s":60,"next_s":0,"resolve_s":0,"only_hours":true,"wait_pauses":true} */
json_t *service_json(struct arena *a, const struct service *s);
/* From such JSON; days null: none. E_INVALID names the day and the span. `s` keeps what is not in it. */
MUST_CHECK enum status service_parse(json_t *json, struct service *s, struct problem *p);
/* All of it by the moments at which something changed, for who reckons many waits of the past. */
struct service_history {
  struct service *moments; /* by moment_ms */
  size_t count;
};
MUST_CHECK enum status service_history_load(struct store *s, struct arena *a, struct service_history *out, struct problem *p);
const struct service *service_history_before(const struct service_history *h, i64 at_ms); /* in force just before; never NULL */
/* The versions in force within [from_ms, to_ms), oldest first: [{"since_ms","version","by":"book"|"desk","days"}]. */
json_t *service_history_json(struct arena *a, const struct service_history *h, i64 from_ms, i64 to_ms);

/* "今天 18:00", "明天 9:00", "周一（11月30日）9:00" and the like of a moment seen from now. */
struct str service_words_zh(struct arena *a, i64 at_ms, i64 now_ms, i64 zone_ms);
struct str service_words_en(struct arena *a, i64 at_ms, i64 now_ms, i64 zone_ms);

/* What was in force at each moment of a change, looked up once: for who asks for many talks at one time. */
struct service_memory {
  i64 *from_ms; /* the moments of changes */
  struct service **known; /* NULL: not yet asked for */
  size_t count;
};
MUST_CHECK enum status service_memory_load(struct store *s, struct arena *a, struct service_memory *out, struct problem *p);

/* The clock of the setting for a conversation where no clause has one: which target, from when, until when. */
struct service_talk {
  struct str id;
  bool waits;          /* the customer waits for an answer */
  bool answered;       /* an agent has spoken */
  i64 since_ms;        /* since when the customer waits */
  i64 started_ms;
  struct service_memory *memory; /* or NULL */
  bool roughly;        /* do not read its messages */
};
struct service_clock {
  const char *which;   /* "first", "next", "resolve"; NULL: no clock */
  i64 started_ms, due_ms;
  bool paused;         /* stands still now: outside the hours, or while the customer is waited for */
  bool rough;          /* its messages were not read: due_ms is the earliest it can be */
};
MUST_CHECK enum status service_clock_of(struct store *s, struct arena *a, const struct service_talk *t, i64 now_ms, struct service_clock *out, struct problem *p);

#endif
