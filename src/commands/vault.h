/* Secrets of other people's servers (mail passwords), sealed with a key that lies in the data directory and nowhere else. What is
 * sealed may stand in a table; without DATA/secret.key it is noise. A backup without the key asks for the passwords again. */
#ifndef GUIJU_COMMANDS_VAULT_H
#define GUIJU_COMMANDS_VAULT_H

#include "base/arena.h"

enum { VAULT_SECRET_MOST = 2000 };
/* Base64 of nonce and box (libsodium secretbox). The key file is made, readable by its owner alone, when it is not there. */
MUST_CHECK enum status vault_seal(struct arena *a, struct str data_dir, struct str secret, struct str *sealed, struct problem *p);
/* E_INVALID vault.key when the key is another one or gone. */
MUST_CHECK enum status vault_open(struct arena *a, struct str data_dir, struct str sealed, struct str *secret, struct problem *p);
/* A key of 32 bytes for one use ("files"), derived from the same file; false: it cannot be read or made. */
enum { VAULT_KEY_BYTES = 32 };
bool vault_derive(struct arena *a, struct str data_dir, const char *use, unsigned char out[VAULT_KEY_BYTES]);

#endif
