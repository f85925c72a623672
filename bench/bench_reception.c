/* A running desk from outside: how long reads take, and what idle widgets cost.
 *
 *   bench_reception idle HOST PORT COUNT PID       visitors connect to /w/feed and stay; resident memory of PID before and with them
 *   bench_reception read HOST PORT JOB_NUMBER PASSWORD NAME PATH TIMES LIMIT_MS   a read of the API again and again: median, p95, p99
 *
 * Loopback only, one thread, ends by itself. Lines "bench NAME VALUE UNIT limit L" are what ./dev bench gathers. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MOST = 64 << 20, TIMES_MOST = 100000, FIRST_LOCAL = 2, PER_LOCAL = 20000 };
static const char *host;
static int port;

static _Noreturn void die(const char *what) {
  fprintf(stderr, "bench_reception: %s (%s)\n", what, strerror(errno));
  exit(1);
}

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

/* `from`: a loopback address of our own for every so many, because one has too few ports. */
static int dial(unsigned from) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)}, own = {.sin_family = AF_INET};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
  if (fd < 0) die("socket: raise the limit of open files (ulimit -n)");
  inet_pton(AF_INET, host, &to.sin_addr);
  own.sin_addr.s_addr = htonl(0x7f000000u + from);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (from && bind(fd, (struct sockaddr *)&own, sizeof own) != 0) die("bind");
  if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
  return fd;
}

static void send_all(int fd, const char *p, size_t n) {
  while (n > 0) {
    ssize_t k = write(fd, p, n);
    if (k <= 0) die("write");
    p += k, n -= (size_t)k;
  }
}

/* Reads one answer; its status. *length: bytes of the body. */
static int answer(int fd, char *in, size_t *length) {
  size_t n = 0, head = 0, want = 0;
  int status = 0;
  for (;;) {
    ssize_t k = read(fd, in + n, ANSWER_MOST - n - 1);
    if (k <= 0) die("the answer broke off");
    n += (size_t)k;
    in[n] = 0;
    if (!head) {
      char *end = strstr(in, "\r\n\r\n"), *field = strcasestr(in, "content-length:");
      if (!end) continue;
      head = (size_t)(end - in) + 4;
      status = atoi(in + 9);
      want = field && field < end ? strtoul(field + 15, NULL, 10) : 0;
    }
    if (n >= head + want) break;
  }
  *length = want;
  memmove(in, in + head, want);
  return status;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void cookie_of(const char *job, const char *password, char *cookie, size_t room) {
  char body[300], ask[600], in[16384];
  int fd = dial(0), n = snprintf(body, sizeof body, "{\"job_number\":\"%s\",\"password\":\"%s\"}", job, password);
  send_all(fd, ask, (size_t)snprintf(ask, sizeof ask, "POST /api/v1/login HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", n, body));
  size_t got = 0;
  for (ssize_t k; got < sizeof in - 1 && (k = read(fd, in + got, sizeof in - 1 - got)) > 0;) {
    got += (size_t)k;
    in[got] = 0;
    if (strstr(in, "\r\n\r\n")) break;
  }
  close(fd);
  char *at = strstr(in, "gj="), *end = at ? strpbrk(at, ";\r") : NULL;
  if (!end || (size_t)(end - at) >= room) die("could not sign in");
  memcpy(cookie, at, (size_t)(end - at));
  cookie[end - at] = 0;
}

/* CPU that the server has used so far, ms; GUIJU_BENCH_PID names its process. */
static double server_cpu(void) {
  const char *pid = getenv("GUIJU_BENCH_PID");
  char path[64], line[1000] = "";
  unsigned long user = 0, system = 0;
  if (!pid) return 0;
  snprintf(path, sizeof path, "/proc/%s/stat", pid);
  FILE *f = fopen(path, "r");
  char *end = f && fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
  if (!end || sscanf(end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) user = system = 0;
  if (f) fclose(f);
  return (double)(user + system) * 1000 / (double)sysconf(_SC_CLK_TCK);
}

static int reads(char **v) {
  static double ms[TIMES_MOST];
  char cookie[200], ask[4096], *in = malloc(ANSWER_MOST);
  int times = atoi(v[4]);
  size_t length = 0;
  if (!in || times < 1 || times > TIMES_MOST) return 2;
  cookie_of(v[0], v[1], cookie, sizeof cookie);
  int n = snprintf(ask, sizeof ask, "GET /api/v1%s HTTP/1.1\r\nHost: bench\r\nCookie: %s\r\n\r\n", v[3], cookie), fd = dial(0);
  double cpu = 0;
  for (int i = -2; i < times; i++) {
    if (i == 0) cpu = server_cpu();
    double from = now_ms();
    send_all(fd, ask, (size_t)n);
    int status = answer(fd, in, &length);
    if (status != 200) {
      fprintf(stderr, "bench_reception: %s answered %d: %.300s\n", v[3], status, in);
      return 1;
    }
    if (i >= 0) ms[i] = now_ms() - from;
  }
  cpu = server_cpu() - cpu;
  qsort(ms, (size_t)times, sizeof *ms, by_size);
  printf("%s: %d times, %zu bytes each\n", v[3], times, length);
  printf("bench %s_p50 %.2f ms\nbench %s_p95 %.2f ms limit %s\nbench %s_p99 %.2f ms\n", v[2], ms[times / 2], v[2], ms[times * 95 / 100], v[5], v[2], ms[times * 99 / 100]);
  if (cpu > 0) printf("bench %s_cpu %.1f ms/request\n", v[2], cpu / times);
  free(in);
  return 0;
}

static long resident_kb(const char *pid) {
  char path[64], line[200];
  long kb = -1;
  snprintf(path, sizeof path, "/proc/%s/status", pid);
  FILE *f = fopen(path, "r");
  while (f && fgets(line, sizeof line, f))
    if (strncmp(line, "VmRSS:", 6) == 0) kb = atol(line + 6);
  if (f) fclose(f);
  return kb;
}

/* A visitor as the widget begins one. */
static void visitor(int fd, char *in, char *token, size_t room) {
  static const char ask[] = "POST /w/start HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
  size_t length;
  send_all(fd, ask, sizeof ask - 1);
  int status = answer(fd, in, &length);
  in[length] = 0;
  char *at = strstr(in, "\"token\":\""), *end = at ? strchr(at + 9, '"') : NULL;
  if (status / 100 != 2 || !end || (size_t)(end - at - 9) >= room) {
    fprintf(stderr, "a visitor was refused: %d %.200s\n", status, in);
    exit(1);
  }
  memcpy(token, at + 9, (size_t)(end - at - 9));
  token[end - at - 9] = 0;
}

static int idle(char **v) {
  int count = atoi(v[0]);
  struct rlimit limit = {0};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if ((long)limit.rlim_cur < count + 50) fprintf(stderr, "only %ld files may be open: fewer visitors\n", (long)limit.rlim_cur), count = (int)limit.rlim_cur - 50;
  int *fds = calloc((size_t)count, sizeof *fds);
  long before = resident_kb(v[1]);
  if (!fds || before < 0) die("no such process");
  char ask[900], in[4096], token[300], *body = malloc(ANSWER_MOST);
  int door = dial(0);
  if (!body) die("memory");
  double from = now_ms();
  for (int i = 0; i < count; i++) {
    visitor(door, body, token, sizeof token);
    fds[i] = dial((unsigned)(FIRST_LOCAL + i / PER_LOCAL));
    int n = snprintf(ask, sizeof ask, "GET /w/feed?token=%s HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", token);
    send_all(fds[i], ask, (size_t)n);
    ssize_t k = read(fds[i], in, sizeof in - 1);
    if (k < 12 || strncmp(in, "HTTP/1.1 101", 12) != 0) {
      in[k > 0 ? k : 0] = 0;
      fprintf(stderr, "visitor %d: %.200s\n", i, in);
      return 1;
    }
  }
  double took = now_ms() - from;
  sleep(2);
  int gone = 0;
  for (int i = 0; i < count; i++) {
    ssize_t k = recv(fds[i], in, sizeof in, MSG_PEEK | MSG_DONTWAIT);
    gone += k == 0;
  }
  long with = resident_kb(v[1]);
  printf("%d visitors connected in %.0f ms, %d were closed; resident %ld MB before, %ld MB with them\n", count, took, gone, before / 1024, with / 1024);
  printf("bench idle_visitors %d\nbench idle_bytes_each %ld bytes limit 10000\nbench idle_memory %ld MB limit 200 for 20000\n", count - gone, (with - before) * 1024 / (count > 0 ? count : 1), with / 1024);
  for (int i = 0; i < count; i++) close(fds[i]);
  free(fds);
  free(body);
  close(door);
  return gone ? 1 : 0;
}

int main(int argc, char **argv) {
  if (argc >= 4) host = argv[2], port = atoi(argv[3]);
  if (argc == 6 && strcmp(argv[1], "idle") == 0) return idle(argv + 4);
  if (argc == 10 && strcmp(argv[1], "read") == 0) return reads(argv + 4);
  fprintf(stderr, "see the head of bench_reception.c\n");
  return 2;
}
