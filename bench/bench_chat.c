/* Chat load against a running desk: N conversations, each a customer that sends its next message when the last one is
 * acknowledged (= on disk), and one screen on the live feed that sees them all. Ten conversations an agent: the agents
 * are hired and put online first, so that every conversation has its holder, as on a working day.
 *
 *   bench_chat HOST PORT JOB_NUMBER PASSWORD CONVERSATIONS SECONDS [ROLE]
 *
 * GUIJU_BENCH_PID: the server's process; then also the CPU it used a message, of all its threads and of the writer alone.
 * GUIJU_BENCH_PER_AGENT: conversations an agent holds, 10 unless given.
 *
 * GUIJU_BENCH_HIRED: set, when the desk has its agents from a run before.
 * GUIJU_BENCH_WINDOW: how many messages are under way at once at full load, 100 unless given; the conversations take turns.
 *
 * First at full load (closed loop), then at half the measured rate (paced). Prints per phase: messages a second
 * acknowledged, how many of them shared a commit, and the time from sending to the acknowledgement and to the screen: median
 * and p99. One thread, epoll,
 * loopback only, ends by itself. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONVERSATIONS_MAX = 10000, PER_AGENT = 10, WINDOW = 100, BUFFER = 1 << 16, SAMPLES_MAX = 4000000, FEED_BUFFER = 1 << 22 };

struct client {
  int fd;
  char token[200];
  char in[BUFFER];
  size_t in_n;
  int64_t sent_us;
  uint32_t number; /* of the message under way */
  bool waiting;
};

struct samples {
  uint32_t *us;
  size_t n;
};

static const char *host;
static int port;
static char cookie[400], csrf[200];
static struct client clients[CONVERSATIONS_MAX];
static char *feed_in;
static size_t feed_n;
static int64_t *sent_at; /* by message number */
static uint32_t next_number;
static int under_way; /* messages sent and not acknowledged yet */

static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static _Noreturn void die(const char *what) {
  fprintf(stderr, "bench_chat: %s (%s)\n", what, strerror(errno));
  exit(1);
}

static int dial(void) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (inet_pton(AF_INET, host, &a.sin_addr) != 1) die("host must be an address");
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0) die("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static void send_all(int fd, const char *p, size_t n) {
  while (n > 0) {
    ssize_t done = write(fd, p, n);
    if (done < 0 && errno == EAGAIN) continue;
    if (done <= 0) die("write");
    p += done;
    n -= (size_t)done;
  }
}

/* Length of one whole HTTP answer in the buffer, or 0. */
static size_t answer_length(const char *p, size_t n, size_t *body_at) {
  const char *end = memmem(p, n, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  *body_at = (size_t)(end - p) + 4;
  size_t length = 0;
  for (const char *line = p; line < end; line = (const char *)memchr(line, '\n', (size_t)(end + 2 - line)) + 1)
    if (strncasecmp(line, "content-length:", 15) == 0) length = strtoul(line + 15, NULL, 10);
  return n >= *body_at + length ? *body_at + length : 0;
}

/* One request, waiting for its answer. Returns the HTTP status; the body is NUL-terminated in `out`. */
static int ask(int fd, const char *method, const char *path, const char *headers, const char *body, char *out, size_t room) {
  char text[8192];
  int n = snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: %s\r\n%sContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", method,
                   path, host, headers, strlen(body), body);
  send_all(fd, text, (size_t)n);
  static char in[1 << 20];
  size_t got = 0, body_at = 0, whole;
  while ((whole = answer_length(in, got, &body_at)) == 0) {
    ssize_t more = read(fd, in + got, sizeof in - 1 - got);
    if (more <= 0) die(path);
    got += (size_t)more;
  }
  in[whole] = 0;
  const char *set = strcasestr(in, "set-cookie: gj=");
  if (set && set < in + body_at) snprintf(cookie, sizeof cookie, "Cookie: %.*s\r\n", (int)strcspn(set + 12, ";\r"), set + 12);
  snprintf(out, room, "%s", in + body_at);
  return atoi(in + 9);
}

static bool member(const char *json, const char *name, char *out, size_t room) {
  char key[64];
  snprintf(key, sizeof key, "\"%s\":", name);
  const char *p = strstr(json, key);
  if (p == NULL) return false;
  p += strlen(key);
  while (*p == ' ') p++;
  if (*p != '"') return false;
  snprintf(out, room, "%.*s", (int)strcspn(p + 1, "\""), p + 1);
  return true;
}

static void sign_in(const char *job_number, const char *password) {
  char body[600], out[20000], headers[800];
  int fd = dial();
  snprintf(body, sizeof body, "{\"job_number\":\"%s\",\"password\":\"%s\"}", job_number, password);
  if (ask(fd, "POST", "/api/v1/login", "", body, out, sizeof out) != 200) die(out);
  if (ask(fd, "GET", "/api/v1/me", cookie, "", out, sizeof out) != 200 || !member(out, "csrf", csrf, sizeof csrf)) die("no csrf");
  snprintf(headers, sizeof headers, "%sX-CSRF: %s\r\n", cookie, csrf);
  ask(fd, "POST", "/api/v1/presence", headers, "{\"state\":\"online\"}", out, sizeof out);
  close(fd);
}

/* People who receive customers, signed in and then all online at once: signing in takes a while (password hashes), and who has
 * no page open for long would count as gone, so the desk is told to wait. The owner is signed in before and after. */
static void hire(int agents, const char *role, const char *password) {
  char body[600], out[20000], headers[800], number[32];
  int fd = dial();
  snprintf(headers, sizeof headers, "%sX-CSRF: %s\r\n", cookie, csrf);
  if (ask(fd, "PUT", "/api/v1/settings/desk/grace_seconds", headers, "{\"value\":3600}", out, sizeof out) != 200) die(out);
  for (int i = 0; i < agents; i++) {
    snprintf(body, sizeof body, "{\"name\":\"客服%d\",\"job_number\":\"9%03d\",\"role\":\"%s\",\"password\":\"%s\"}", i + 1, i + 1, role, password);
    int status = ask(fd, "POST", "/api/v1/people", headers, body, out, sizeof out);
    if (status != 200 && status != 201) die(out);
  }
  close(fd);
  char(*signed_in)[800] = calloc((size_t)agents, sizeof *signed_in);
  for (int i = 0; i < agents; i++) {
    snprintf(number, sizeof number, "9%03d", i + 1);
    sign_in(number, password);
    snprintf(signed_in[i], sizeof signed_in[i], "%sX-CSRF: %s\r\n", cookie, csrf);
  }
  fd = dial();
  for (int i = 0; i < agents; i++)
    if (ask(fd, "POST", "/api/v1/presence", signed_in[i], "{\"state\":\"online\"}", out, sizeof out) != 200) die(out);
  close(fd);
  free(signed_in);
}

struct work {
  double commands, batches;
  double cpu_us, writer_us; /* of the server, when its process is known */
};

/* CPU time of every thread of the server; its threads bear their names. */
static void server_cpu(struct work *w) {
  const char *pid = getenv("GUIJU_BENCH_PID");
  char path[600];
  if (!pid) return;
  snprintf(path, sizeof path, "/proc/%s/task", pid);
  DIR *tasks = opendir(path);
  for (struct dirent *task; tasks && (task = readdir(tasks)) != NULL;) {
    char line[600];
    snprintf(path, sizeof path, "/proc/%s/task/%s/stat", pid, task->d_name);
    FILE *f = task->d_name[0] == '.' ? NULL : fopen(path, "r");
    unsigned long user = 0, system = 0;
    if (f && fgets(line, sizeof line, f)) {
      char *end = strrchr(line, ')');
      if (end && sscanf(end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) == 2) {
        double us = (double)(user + system) * 1e6 / (double)sysconf(_SC_CLK_TCK);
        w->cpu_us += us;
        if (strstr(line, "(writer)")) w->writer_us += us;
      }
    }
    if (f) fclose(f);
  }
  if (tasks) closedir(tasks);
}

static struct work work_done(void) {
  char out[2000];
  int fd = dial();
  struct work w = {0};
  if (ask(fd, "GET", "/api/v1/health", "", "", out, sizeof out) != 200) die(out);
  const char *commands = strstr(out, "\"commands\":"), *batches = strstr(out, "\"batches\":");
  if (commands) w.commands = strtod(commands + 11, NULL);
  if (batches) w.batches = strtod(batches + 10, NULL);
  close(fd);
  server_cpu(&w);
  return w;
}

static int open_feed(void) {
  char text[1200], in[4096];
  int fd = dial();
  int n = snprintf(text, sizeof text,
                   "GET /api/v1/feed HTTP/1.1\r\nHost: %s:%d\r\nOrigin: http://%s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                   host, port, host, port, cookie);
  send_all(fd, text, (size_t)n);
  size_t got = 0;
  char *end;
  while ((end = memmem(in, got, "\r\n\r\n", 4)) == NULL) {
    ssize_t more = read(fd, in + got, sizeof in - got);
    if (more <= 0) die("feed handshake");
    got += (size_t)more;
  }
  if (strncmp(in, "HTTP/1.1 101", 12) != 0) die("feed refused");
  feed_in = malloc(FEED_BUFFER);
  feed_n = got - (size_t)(end + 4 - in);
  memcpy(feed_in, end + 4, feed_n);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

static void add(struct samples *s, int64_t us) {
  if (s->n < SAMPLES_MAX) s->us[s->n++] = us < 0 ? 0 : us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static void screen(const char *text, size_t n, struct samples *seen, int64_t at) {
  const char *end = text + n;
  while ((text = memmem(text, (size_t)(end - text), "bench#", 6)) != NULL) {
    uint32_t number = (uint32_t)strtoul(text + 6, NULL, 10);
    if (number < next_number && sent_at[number] > 0) {
      add(seen, at - sent_at[number]);
      sent_at[number] = -1;
    }
    text += 6;
  }
}

static void read_feed(int fd, struct samples *seen) {
  for (;;) {
    ssize_t more = read(fd, feed_in + feed_n, FEED_BUFFER - feed_n);
    if (more < 0 && errno == EAGAIN) break;
    if (more <= 0) die("feed closed");
    feed_n += (size_t)more;
    int64_t at = now_us();
    size_t from = 0;
    while (feed_n - from >= 2) {
      const unsigned char *f = (const unsigned char *)feed_in + from;
      uint64_t length = f[1] & 127, head = 2;
      if (length == 126) {
        if (feed_n - from < 4) break;
        length = (uint64_t)f[2] << 8 | f[3], head = 4;
      } else if (length == 127) {
        if (feed_n - from < 10) break;
        length = 0;
        for (int i = 2; i < 10; i++) length = length << 8 | f[i];
        head = 10;
      }
      if (feed_n - from < head + length) break;
      screen((const char *)f + head, length, seen, at);
      from += head + length;
    }
    memmove(feed_in, feed_in + from, feed_n - from);
    feed_n -= from;
    if (feed_n == FEED_BUFFER) die("feed message too large");
  }
}

static void send_message(struct client *c) {
  char body[500], text[900];
  c->number = next_number++;
  if (next_number >= SAMPLES_MAX) die("too many messages");
  int n = snprintf(body, sizeof body, "{\"token\":\"%s\",\"text\":\"bench#%u 你好，我想问一下这个什么时候发货？\"}", c->token, c->number);
  n = snprintf(text, sizeof text, "POST /w/messages HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", host, n, body);
  c->sent_us = sent_at[c->number] = now_us();
  c->waiting = true;
  under_way++;
  send_all(c->fd, text, (size_t)n);
}

static void connect_client(int epoll, int i) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = i};
  clients[i].fd = dial();
  epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &event);
}

static void read_answer(int epoll, struct client *c, struct samples *acknowledged) {
  ssize_t more = read(c->fd, c->in + c->in_n, sizeof c->in - c->in_n);
  if (more <= 0 && !c->waiting) { /* kept long enough without a question: it is opened anew, as a browser does */
    close(c->fd);
    connect_client(epoll, (int)(c - clients));
    return;
  }
  if (more <= 0) die("customer's connection closed");
  c->in_n += (size_t)more;
  size_t body_at, whole = answer_length(c->in, c->in_n, &body_at);
  if (whole == 0) return;
  if (strncmp(c->in + 9, "200", 3) != 0) {
    fprintf(stderr, "%.*s\n", (int)whole, c->in);
    die("message refused");
  }
  add(acknowledged, now_us() - c->sent_us);
  c->in_n = 0;
  c->waiting = false;
  under_way--;
}

static int by_size(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static double at_share(struct samples *s, double share) {
  if (s->n == 0) return 0;
  return s->us[(size_t)((double)(s->n - 1) * share)] / 1000.0;
}

/* Sends from the conversations in turn, from those that wait for no answer, until `most` more are sent. Returns the next turn. */
static int send_in_turn(int count, int turn, uint32_t most) {
  for (int tries = 0; tries < count && most > 0; tries++, turn = (turn + 1) % count) {
    if (clients[turn].waiting) continue;
    send_message(&clients[turn]);
    most--;
  }
  return turn;
}

/* One phase: rate 0 = closed loop of `window` messages under way. Returns acknowledged messages a second. */
static double phase(const char *name, int count, int window, int feed, int epoll, double seconds, double rate) {
  struct samples acknowledged = {calloc(SAMPLES_MAX, 4), 0}, seen = {calloc(SAMPLES_MAX, 4), 0};
  int64_t start = now_us(), end = start + (int64_t)(seconds * 1e6);
  uint32_t first = next_number;
  struct work before = work_done();
  int turn = 0;
  bool stopping = false;
  for (;;) {
    int64_t now = now_us();
    if (now >= end && !stopping) stopping = true;
    if (stopping && under_way == 0 && (seen.n >= next_number - first || now > end + 2000000)) break;
    if (now > end + 20000000) die("did not come to rest");
    if (rate > 0 && !stopping) {
      uint32_t due = (uint32_t)((double)(now - start) / 1e6 * rate), sent = next_number - first;
      if (due > sent) turn = send_in_turn(count, turn, due - sent);
    } else if (!stopping && under_way < window) {
      turn = send_in_turn(count, turn, (uint32_t)(window - under_way));
    }
    struct epoll_event events[256];
    int n = epoll_wait(epoll, events, 256, rate > 0 && !stopping ? 1 : 20);
    for (int i = 0; i < n; i++) {
      if (events[i].data.fd == -1) {
        read_feed(feed, &seen);
      } else {
        read_answer(epoll, &clients[events[i].data.fd], &acknowledged);
      }
    }
  }
  qsort(acknowledged.us, acknowledged.n, 4, by_size);
  qsort(seen.us, seen.n, 4, by_size);
  double per_second = (double)acknowledged.n / seconds;
  struct work after = work_done();
  double batch = after.batches > before.batches ? (after.commands - before.commands) / (after.batches - before.batches) : 0;
  printf("%s: %zu messages acknowledged, %zu seen on the screen, %.0f/s, %.1f a commit; acknowledged p50 %.2f ms p99 %.2f ms; on screen p50 %.2f ms p99 %.2f ms\n",
         name, acknowledged.n, seen.n, per_second, batch, at_share(&acknowledged, .5), at_share(&acknowledged, .99), at_share(&seen, .5), at_share(&seen, .99));
  printf("bench chat_%s_rate %.0f messages/s\nbench chat_%s_batch %.1f messages\nbench chat_%s_screen_p50 %.2f ms\nbench chat_%s_screen_p99 %.2f ms\n", name, per_second, name, batch, name,
         at_share(&seen, .5), name, at_share(&seen, .99));
  if (after.cpu_us > 0 && acknowledged.n > 0)
    printf("bench chat_%s_cpu %.1f us/message\nbench chat_%s_writer_cpu %.1f us/message\n", name, (after.cpu_us - before.cpu_us) / (double)acknowledged.n, name,
           (after.writer_us - before.writer_us) / (double)acknowledged.n);
  fflush(stdout);
  free(acknowledged.us);
  free(seen.us);
  return per_second;
}

/* A conversation begins with its first words, which cost more (somebody is chosen for it): they come before what is measured. */
static void begin_all(int count, int window, int feed, int epoll) {
  struct samples acknowledged = {calloc(SAMPLES_MAX, 4), 0}, seen = {calloc(SAMPLES_MAX, 4), 0};
  int64_t start = now_us();
  for (int next = 0; next < count || under_way > 0;) {
    for (; next < count && under_way < window; next++) send_message(&clients[next]);
    struct epoll_event events[256];
    int n = epoll_wait(epoll, events, 256, 20);
    for (int i = 0; i < n; i++) {
      if (events[i].data.fd == -1) read_feed(feed, &seen);
      else read_answer(epoll, &clients[events[i].data.fd], &acknowledged);
    }
    if (now_us() - start > 600000000) die("conversations did not begin");
  }
  printf("bench chat_begin_rate %.0f conversations/s\n", count / ((double)(now_us() - start) / 1e6));
  free(acknowledged.us);
  free(seen.us);
}

static int setting(const char *name, int unless) {
  const char *given = getenv(name);
  return given && atoi(given) > 0 ? atoi(given) : unless;
}

int main(int argc, char **argv) {
  if (argc < 7 || argc > 8) {
    fprintf(stderr, "usage: bench_chat HOST PORT JOB_NUMBER PASSWORD CONVERSATIONS SECONDS [ROLE]\n");
    return 2;
  }
  host = argv[1];
  port = (int)strtol(argv[2], NULL, 10);
  int count = (int)strtol(argv[5], NULL, 10);
  double seconds = strtod(argv[6], NULL);
  if (count < 1 || count > CONVERSATIONS_MAX) die("1 to 10000 conversations");
  struct rlimit files = {0};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if ((long)files.rlim_cur < count + 50) die("so many open files are not allowed (ulimit -n)");
  sent_at = calloc(SAMPLES_MAX, sizeof *sent_at);
  sign_in(argv[3], argv[4]);
  int per_agent = setting("GUIJU_BENCH_PER_AGENT", PER_AGENT), window = setting("GUIJU_BENCH_WINDOW", WINDOW);
  if (window > count) window = count;
  if (!getenv("GUIJU_BENCH_HIRED")) hire((count + per_agent - 1) / per_agent, argc > 7 ? argv[7] : "客服", argv[4]);
  sign_in(argv[3], argv[4]);
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = -1};
  for (int i = 0; i < count; i++) {
    char body[100], out[20000];
    connect_client(epoll, i);
    snprintf(body, sizeof body, "{\"name\":\"bench %d\"}", i);
    if (ask(clients[i].fd, "POST", "/w/start", "", body, out, sizeof out) != 200 || !member(out, "token", clients[i].token, sizeof clients[i].token)) die(out);
  }
  struct epoll_event closed[256];
  for (int n; (n = epoll_wait(epoll, closed, 256, 0)) > 0;) /* whose connection ended while the others began */
    for (int i = 0; i < n; i++) read_answer(epoll, &clients[closed[i].data.fd], NULL);
  int feed = open_feed(); /* not before: nobody reads it while customers begin, and the desk lets go of a screen that does not read */
  event.data.fd = -1;
  epoll_ctl(epoll, EPOLL_CTL_ADD, feed, &event);
  begin_all(count, window, feed, epoll);
  phase("warm", count, window, feed, epoll, 1, 0);
  double full = phase("full", count, window, feed, epoll, seconds, 0);
  phase("half", count, window, feed, epoll, seconds, full / 2);
  return 0;
}
