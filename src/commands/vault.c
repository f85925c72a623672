/* Sealing and opening with DATA/secret.key. */
#include "commands/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

typedef unsigned char vault_key[crypto_secretbox_KEYBYTES];

static bool read_key(const char *path, vault_key key) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t n = read(fd, key, sizeof(vault_key));
  close(fd);
  return n == (ssize_t)sizeof(vault_key);
}

/* Two who make it at once: the first wins, the second reads it. */
static bool make_key(struct arena *a, const char *path, vault_key key) {
  const char *fresh = arena_printf(a, "%s.%08x", path, randombytes_random()).p;
  int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  randombytes_buf(key, sizeof(vault_key));
  bool good = write(fd, key, sizeof(vault_key)) == (ssize_t)sizeof(vault_key) && fsync(fd) == 0;
  close(fd);
  if (good && link(fresh, path) != 0 && errno != EEXIST) good = false;
  unlink(fresh);
  return good && read_key(path, key);
}

static bool get_key(struct arena *a, struct str data_dir, bool make, vault_key key) {
  if (sodium_init() < 0) return false;
  const char *path = arena_printf(a, "%.*s/secret.key", STR_ARG(data_dir)).p;
  return read_key(path, key) || (make && access(path, F_OK) != 0 && make_key(a, path, key));
}

enum status vault_seal(struct arena *a, struct str data_dir, struct str secret, struct str *sealed, struct problem *p) {
  vault_key key;
  if (secret.n > VAULT_SECRET_MOST) return problem_set(p, E_TOO_LARGE, "vault.long", "密码太长", "The password is too long");
  if (!get_key(a, data_dir, true, key)) return problem_set(p, E_IO, "vault.make", "数据目录里的 secret.key 写不了，密码存不下", "secret.key in the data directory cannot be made: the password cannot be kept");
  size_t n = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.n;
  unsigned char *box = arena_alloc(a, n);
  randombytes_buf(box, crypto_secretbox_NONCEBYTES);
  (void)crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, (const unsigned char *)(secret.n ? secret.p : ""), secret.n, box, key);
  sodium_memzero(key, sizeof key);
  size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
  char *text = arena_alloc(a, room);
  sodium_bin2base64(text, room, box, n, sodium_base64_VARIANT_ORIGINAL);
  *sealed = str_c(text);
  return OK;
}

enum status vault_open(struct arena *a, struct str data_dir, struct str sealed, struct str *secret, struct problem *p) {
  vault_key key;
  size_t room = sealed.n + 1, n = 0;
  unsigned char *box = arena_alloc(a, room);
  bool good = get_key(a, data_dir, false, key) && sodium_base642bin(box, room, sealed.p, sealed.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
              n >= crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  if (good) {
    size_t length = n - crypto_secretbox_NONCEBYTES - crypto_secretbox_MACBYTES;
    char *out = arena_alloc(a, length + 1);
    good = crypto_secretbox_open_easy((unsigned char *)out, box + crypto_secretbox_NONCEBYTES, n - crypto_secretbox_NONCEBYTES, box, key) == 0;
    *secret = (struct str){out, length};
  }
  sodium_memzero(key, sizeof key);
  return good ? OK : problem_set(p, E_INVALID, "vault.key", "存下的密码打不开（secret.key 换过或不见了），请重新填一次密码", "The stored password cannot be opened (secret.key changed or is gone); enter the password again");
}

bool vault_derive(struct arena *a, struct str data_dir, const char *use, unsigned char out[VAULT_KEY_BYTES]) {
  vault_key key;
  if (!get_key(a, data_dir, true, key)) return false;
  (void)crypto_generichash(out, VAULT_KEY_BYTES, (const unsigned char *)use, strlen(use), key, sizeof key);
  sodium_memzero(key, sizeof key);
  return true;
}
