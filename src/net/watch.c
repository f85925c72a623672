/* Deadlines of HTTP connections, looked at once a second. The timers of libwebsockets 4.1 are one sorted list that every
 * setting walks from its head: with thousands of idle connections that was most of the loop's time. Here setting one is a
 * store, and the look costs some nanoseconds a connection. Loop thread only. */
#include "net/http_internal.h"

#include <stdlib.h>

struct watch {
  struct lws *wsi;
  struct watch *next, **link;
  i64 until_us; /* 0: none */
  bool idle;
};

void watch_until(struct http_server *s, struct lws *wsi, i64 seconds, bool idle) {
  struct watch *w = lws_get_opaque_user_data(wsi);
  if (w == NULL) {
    if (seconds == 0) return;
    w = calloc(1, sizeof *w);
    BUG_IF(w == NULL);
    *w = (struct watch){.wsi = wsi, .next = s->watches, .link = &s->watches};
    if (w->next) w->next->link = &w->next;
    s->watches = w;
    lws_set_opaque_user_data(wsi, w);
  }
  w->until_us = seconds ? server_now_us(s) + seconds * (i64)LWS_USEC_PER_SEC : 0;
  w->idle = idle;
}

void watch_drop(struct lws *wsi) {
  struct watch *w = lws_get_opaque_user_data(wsi);
  if (w == NULL) return;
  *w->link = w->next;
  if (w->next) w->next->link = w->link;
  lws_set_opaque_user_data(wsi, NULL);
  free(w);
}

void watch_sweep(struct http_server *s) {
  i64 now = server_now_us(s);
  for (struct watch *w = s->watches; w; w = w->next) {
    if (w->until_us == 0 || w->until_us > now) continue;
    w->until_us = 0;
    /* Closes when this look is over; what broke a limit is cut, what was only idle ends in order. */
    lws_set_timeout(w->wsi, w->idle ? PENDING_TIMEOUT_HTTP_KEEPALIVE_IDLE : PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
  }
}
