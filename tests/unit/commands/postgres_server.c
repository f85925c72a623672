/* Starting and stopping a PostgreSQL cluster. See postgres_server.h. */
#include "unit/commands/postgres_server.h"

#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 18301, START_TRIES = 300 };

/* The newest installed version's program. */
static bool find_program(const char *name, char out[128]) {
  char pattern[64];
  glob_t found = {0};
  snprintf(pattern, sizeof pattern, "/usr/lib/postgresql/*/bin/%s", name);
  bool there = glob(pattern, 0, NULL, &found) == 0;
  if (there) snprintf(out, 128, "%s", found.gl_pathv[found.gl_pathc - 1]);
  globfree(&found);
  if (!there) fprintf(stderr, "PostgreSQL is not installed (package postgresql): no %s\n", name);
  return there;
}

/* PostgreSQL refuses to run as root. */
static void become_postgres(void) {
  struct passwd *user = getpwnam("postgres");
  if (geteuid() != 0) return;
  if (user == NULL || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0) _exit(9);
}

static pid_t spawn(const char *const argv[], const char *log) {
  pid_t pid = fork();
  if (pid != 0) return pid;
  become_postgres();
  if (freopen(log, "a", stdout) == NULL || dup2(STDOUT_FILENO, STDERR_FILENO) < 0 || chdir("/") != 0) _exit(8);
  execv(argv[0], (char *const *)(uintptr_t)argv);
  _exit(7);
}

static bool make_database(struct postgres_server *s) {
  char conninfo[192];
  snprintf(conninfo, sizeof conninfo, "host=%s port=%d user=guiju dbname=postgres", s->directory, PORT);
  for (int i = 0; i < START_TRIES; i++) {
    PGconn *c = PQconnectdb(conninfo);
    bool up = PQstatus(c) == CONNECTION_OK;
    if (up) PQclear(PQexec(c, "CREATE DATABASE guiju"));
    PQfinish(c);
    if (up) return true;
    usleep(100000);
  }
  return false;
}

bool postgres_server_start(struct postgres_server *s) {
  char initdb[128], postgres[128], data[96], log[96], port[16];
  *s = (struct postgres_server){0};
  if (!find_program("initdb", initdb) || !find_program("postgres", postgres)) return false;
  strcpy(s->directory, "/tmp/guiju-pg-XXXXXX");
  if (mkdtemp(s->directory) == NULL) return false;
  struct passwd *user = getpwnam("postgres");
  if (geteuid() == 0 && (user == NULL || chown(s->directory, user->pw_uid, user->pw_gid) != 0)) return false;
  snprintf(data, sizeof data, "%s/data", s->directory);
  snprintf(log, sizeof log, "%s/log", s->directory);
  snprintf(port, sizeof port, "%d", PORT);
  const char *const init[] = {initdb, "-D", data, "-U", "guiju", "--auth=trust", "--locale=C", "-E", "UTF8", "-N", NULL};
  int how;
  pid_t made = spawn(init, log);
  if (waitpid(made, &how, 0) != made || how != 0) {
    fprintf(stderr, "initdb failed, see %s\n", log);
    return false;
  }
  const char *const run[] = {postgres, "-D", data, "-k", s->directory, "-p", port, "-c", "listen_addresses=", "-c", "fsync=off", NULL};
  s->pid = spawn(run, log);
  snprintf(s->url, sizeof s->url, "postgresql:///guiju?host=%s&port=%d&user=guiju&schema=desk_one", s->directory, PORT);
  if (make_database(s)) return true;
  fprintf(stderr, "PostgreSQL did not start, see %s\n", log);
  return false;
}

void postgres_server_stop(struct postgres_server *s) {
  if (s->pid > 0) {
    kill(s->pid, SIGINT);
    waitpid(s->pid, NULL, 0);
  }
  char command[96];
  snprintf(command, sizeof command, "rm -rf '%s'", s->directory);
  if (s->directory[0] && system(command) != 0) fprintf(stderr, "cannot remove %s\n", s->directory);
}
