/* Requests to other programs. See fetch.h. */
#include "net/fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct exchange {
  CURL *easy;
  struct curl_slist *headers;
  void *tag;
  size_t read, kept;
  char answer[FETCH_ANSWER_MOST];
  char error[CURL_ERROR_SIZE];
};

struct fetch_pool {
  CURLM *multi;
  struct exchange *under_way[FETCH_AT_ONCE];
  size_t count;
};

static pthread_once_t begun = PTHREAD_ONCE_INIT;
static void begin_library(void) { BUG_IF(curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK); }

struct fetch_pool *fetch_pool_new(void) {
  pthread_once(&begun, begin_library);
  struct fetch_pool *p = calloc(1, sizeof *p);
  BUG_IF(p == NULL);
  p->multi = curl_multi_init();
  BUG_IF(p->multi == NULL);
  return p;
}

static void end(struct fetch_pool *p, struct exchange *x) {
  curl_multi_remove_handle(p->multi, x->easy);
  curl_easy_cleanup(x->easy);
  curl_slist_free_all(x->headers);
  for (size_t i = 0; i < p->count; i++)
    if (p->under_way[i] == x) p->under_way[i] = p->under_way[--p->count];
  free(x);
}

void fetch_pool_free(struct fetch_pool *p) {
  if (p == NULL) return;
  while (p->count) end(p, p->under_way[0]);
  curl_multi_cleanup(p->multi);
  free(p);
}

size_t fetch_under_way(const struct fetch_pool *p) { return p->count; }

static size_t on_bytes(char *bytes, size_t size, size_t n, void *ctx) {
  struct exchange *x = ctx;
  size_t room = sizeof x->answer - x->kept, take = size * n < room ? size * n : room;
  memcpy(x->answer + x->kept, bytes, take);
  x->kept += take;
  x->read += size * n;
  return x->read > FETCH_READ_MOST ? 0 : size * n;
}

/* Looked at after the name was resolved, so that no name can lead there. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a) {
  (void)ctx, (void)purpose;
  bool link_local = false;
  if (a->family == AF_INET) {
    const struct sockaddr_in *four = (const void *)&a->addr;
    link_local = (ntohl(four->sin_addr.s_addr) >> 16) == 0xa9fe;
  } else if (a->family == AF_INET6) {
    const struct sockaddr_in6 *six = (const void *)&a->addr;
    const unsigned char *b = six->sin6_addr.s6_addr;
    link_local = IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr) || (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr) && b[12] == 169 && b[13] == 254);
  }
  return link_local ? CURL_SOCKET_BAD : socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

void fetch_begin(struct fetch_pool *p, const struct fetch_request *r) {
  BUG_IF(p->count == FETCH_AT_ONCE);
  struct exchange *x = calloc(1, sizeof *x);
  BUG_IF(x == NULL);
  char *url = strndup(r->url.p, r->url.n);
  x->easy = curl_easy_init();
  x->tag = r->tag;
  BUG_IF(x->easy == NULL || url == NULL);
  for (size_t i = 0; i < r->header_count; i++) {
    char *line = strndup(r->headers[i].p, r->headers[i].n);
    BUG_IF(line == NULL);
    x->headers = curl_slist_append(x->headers, line);
    free(line);
  }
  x->headers = curl_slist_append(x->headers, "Expect:");
  curl_easy_setopt(x->easy, CURLOPT_URL, url);
  curl_easy_setopt(x->easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(x->easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(x->easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(x->easy, CURLOPT_POST, 1L);
  curl_easy_setopt(x->easy, CURLOPT_POSTFIELDS, r->body.n ? r->body.p : "");
  curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
  curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers);
  curl_easy_setopt(x->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_CONNECT_MS);
  curl_easy_setopt(x->easy, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
  curl_easy_setopt(x->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, on_bytes);
  curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
  curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->error);
  curl_easy_setopt(x->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(x->easy, CURLOPT_PRIVATE, x);
  free(url);
  p->under_way[p->count++] = x;
  curl_multi_add_handle(p->multi, x->easy);
}

static void answer(struct exchange *x, CURLcode code, struct fetch_answer *out) {
  long status = 0;
  curl_off_t took_us = 0;
  curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(x->easy, CURLINFO_TOTAL_TIME_T, &took_us);
  bool cut = code == CURLE_WRITE_ERROR && x->read > FETCH_READ_MOST; /* the answer came, we did not want all of it */
  *out = (struct fetch_answer){.tag = x->tag, .took_ms = (i64)(took_us / 1000), .error = STR(""), .body = {x->answer, x->kept}};
  if (code == CURLE_OK || cut) out->status = (int)status;
  else out->error = str_c(x->error[0] ? x->error : curl_easy_strerror(code));
}

void fetch_run(struct fetch_pool *p, i64 wait_ms, void (*done)(void *ctx, const struct fetch_answer *a), void *ctx) {
  int running, left;
  CURLMsg *m;
  curl_multi_perform(p->multi, &running);
  curl_multi_poll(p->multi, NULL, 0, (int)(wait_ms > 60000 ? 60000 : wait_ms), NULL);
  curl_multi_perform(p->multi, &running);
  while ((m = curl_multi_info_read(p->multi, &left)) != NULL) {
    if (m->msg != CURLMSG_DONE) continue;
    struct exchange *x = NULL;
    struct fetch_answer a;
    CURLcode code = m->data.result;
    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&x);
    answer(x, code, &a);
    done(ctx, &a);
    end(p, x);
  }
}

void fetch_wake(struct fetch_pool *p) { curl_multi_wakeup(p->multi); }
