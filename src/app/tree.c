/* Directory trees, copied file by file through a buffer; links are not followed. */
#include "app/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_BYTES = 1 << 18, PATH_BYTES = 4096 };

static enum status failed(const char *path, struct problem *p) {
  enum status status = errno == ENOSPC || errno == EDQUOT ? E_FULL : E_IO;
  return problem_set(p, status, "file.failed", "%s：%s", "%s: %s", path, strerror(errno));
}

bool tree_exists(const char *path) {
  struct stat s;
  return lstat(path, &s) == 0;
}

enum status tree_sync(const char *directory, struct problem *p) {
  int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed(directory, p);
  bool synced = fsync(fd) == 0;
  close(fd);
  return synced ? OK : failed(directory, p);
}

static enum status copy_bytes(int in, int out, const char *to, i64 *bytes, struct problem *p) {
  char *buffer = malloc(COPY_BYTES);
  BUG_IF(buffer == NULL);
  enum status status = OK;
  ssize_t n;
  while (status == OK && (n = read(in, buffer, COPY_BYTES)) != 0) {
    if (n < 0) status = failed(to, p);
    for (ssize_t done = 0, step; status == OK && done < n; done += step) {
      step = write(out, buffer + done, (size_t)(n - done));
      if (step < 0) status = failed(to, p);
    }
    if (n > 0) *bytes += n;
  }
  if (status == OK && fsync(out) != 0) status = failed(to, p);
  free(buffer);
  return status;
}

static enum status copy_file(const char *from, const char *to, struct tree_count *count, struct problem *p) {
  int in = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (in < 0) return errno == ENOENT || errno == ELOOP ? OK : failed(from, p);
  int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  enum status status = out < 0 ? failed(to, p) : copy_bytes(in, out, to, &count->bytes, p);
  close(in);
  if (out >= 0) close(out);
  count->files++;
  return status;
}

static bool passed_over(const char *name) {
  size_t n = strlen(name);
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || (n > 5 && strcmp(name + n - 5, ".part") == 0);
}

static enum status join(char out[PATH_BYTES], const char *directory, const char *name, struct problem *p) {
  errno = ENAMETOOLONG;
  return (size_t)snprintf(out, PATH_BYTES, "%s/%s", directory, name) < PATH_BYTES ? OK : failed(directory, p);
}

enum status tree_copy(const char *from, const char *to, struct tree_count *count, struct problem *p) {
  enum status status = OK;
  if (mkdir(to, 0700) != 0 && errno != EEXIST) return failed(to, p);
  DIR *d = opendir(from);
  if (d == NULL) return errno == ENOENT ? OK : failed(from, p);
  for (struct dirent *e; (e = readdir(d)) != NULL;) {
    char source[PATH_BYTES], target[PATH_BYTES];
    struct stat s;
    if (passed_over(e->d_name)) continue;
    TRY(join(source, from, e->d_name, p));
    TRY(join(target, to, e->d_name, p));
    if (lstat(source, &s) != 0) continue;
    if (S_ISDIR(s.st_mode)) TRY(tree_copy(source, target, count, p));
    else if (S_ISREG(s.st_mode)) TRY(copy_file(source, target, count, p));
  }
  TRY(tree_sync(to, p));
done:
  closedir(d);
  return status;
}

void tree_remove(const char *path) {
  DIR *d = opendir(path);
  for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
    char entry[PATH_BYTES];
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || join(entry, path, e->d_name, NULL) != OK) continue;
    struct stat s;
    if (lstat(entry, &s) == 0 && S_ISDIR(s.st_mode)) tree_remove(entry);
    else unlink(entry);
  }
  if (d) closedir(d);
  rmdir(path);
}

bool tree_make(const char *path) {
  char part[4096];
  if ((size_t)snprintf(part, sizeof part, "%s", path) >= sizeof part) {
    errno = ENAMETOOLONG;
    return false;
  }
  for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(part, 0700) != 0 && errno != EEXIST) return false;
    *slash = '/';
  }
  return mkdir(part, 0700) == 0 || errno == EEXIST;
}
