/* The names of people and customers by their sound. See sound.h.
 *
 * Worked out when a name comes or changes, never at the time of asking: a desk has more customers than anybody can transliterate in
 * the blink that a search box has. */
#include "views/sound.h"

#include "base/plain_text.h"
#include "views/sound.sql.h"
#include "views/view.h"

#include <pthread.h>
#include <string.h>
#include <unicode/utrans.h>

/* One transliterator of each kind for the process; they keep state while they work, hence the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
  const char *id;
  UTransliterator *open;
  bool tried;
} kinds[] = {{"Han-Latin; Latin-ASCII; Lower", NULL, false}, {"Han-Latin/Names; Latin-ASCII; Lower", NULL, false}};
enum { USUAL, SURNAME };

static UTransliterator *transliterator(int kind) {
  UChar wide[64];
  UErrorCode error = U_ZERO_ERROR;
  if (kinds[kind].tried) return kinds[kind].open;
  int32_t n = (int32_t)strlen(kinds[kind].id);
  for (int32_t i = 0; i <= n; i++) wide[i] = (UChar)kinds[kind].id[i];
  kinds[kind].open = utrans_openU(wide, n, UTRANS_FORWARD, NULL, 0, NULL, &error);
  kinds[kind].tried = true;
  return U_SUCCESS(error) ? kinds[kind].open : (kinds[kind].open = NULL);
}

/* Under the lock: the letters of a character into `out`; 0: none. */
static size_t syllable(u32 code, int kind, char out[SOUND_SYLLABLE]) {
  UChar text[SOUND_SYLLABLE * 2];
  int32_t n = 0;
  size_t letters = 0;
  UErrorCode error = U_ZERO_ERROR;
  UTransliterator *t = transliterator(kind);
  if (!t && !(t = transliterator(USUAL))) return 0;
  if (code > 0xffff) text[n++] = U16_LEAD(code), text[n++] = U16_TRAIL(code);
  else text[n++] = (UChar)code;
  int32_t limit = n;
  utrans_transUChars(t, text, &n, SOUND_SYLLABLE * 2, 0, &limit, &error);
  for (int32_t i = 0; U_SUCCESS(error) && i < n && letters < SOUND_SYLLABLE; i++)
    if (text[i] >= 'a' && text[i] <= 'z') out[letters++] = (char)text[i];
  return n && text[0] >= 'a' && text[0] <= 'z' ? letters : 0;
}

char sound_first_letter(u32 code) {
  char out[SOUND_SYLLABLE];
  pthread_mutex_lock(&lock);
  size_t n = syllable(code, USUAL, out);
  pthread_mutex_unlock(&lock);
  return n ? out[0] : 0;
}

struct sound sound_of_name(struct arena *a, struct str name) {
  char *spelled = arena_alloc(a, SOUND_MOST), *initials = arena_alloc(a, SOUND_MOST), letters[SOUND_SYLLABLE];
  size_t n = 0, k = 0;
  bool word = false, first = true; /* word: inside a run of Latin letters */
  u32 c;
  pthread_mutex_lock(&lock);
  for (size_t at = 0; at < name.n;) {
    at += str_decode(name, at, &c);
    u32 folded = plain_fold(c);
    size_t m = 0;
    bool latin = folded >= 'a' && folded <= 'z', digit = folded >= '0' && folded <= '9';
    if (latin || digit) letters[m++] = (char)folded;
    else if (folded >= 0x80) m = syllable(folded, first ? SURNAME : USUAL, letters);
    if (n + m > SOUND_MOST || k == SOUND_MOST) break;
    if (m && !(latin && word)) initials[k++] = letters[0];
    memcpy(spelled + n, letters, m);
    n += m;
    word = latin;
    first = first && m == 0;
  }
  pthread_mutex_unlock(&lock);
  return (struct sound){{spelled, n}, {initials, k}};
}

bool sound_may_be(struct arena *a, struct str typed, struct str *low) {
  char *out = arena_alloc(a, typed.n + 1);
  size_t n = 0, letters = 0;
  for (size_t i = 0; i < typed.n; i++) {
    char c = typed.p[i];
    if (c == ' ' || c == '\'') continue; /* zhang san, xi'an */
    if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) return false;
    letters += c >= 'a';
    out[n++] = c;
  }
  *low = (struct str){out, n};
  return n >= 2 && letters > 0;
}

/* ---- the table ---- */

static enum status put(struct store *s, struct arena *a, const char *kind, struct str id, struct str name, struct problem *p) {
  struct sound sound = sound_of_name(a, name);
  return sound_put(s, &(struct sound_put_in){.kind = str_c(kind), .id = id, .spelled = sound.spelled, .initials = sound.initials}, NULL, p);
}

static struct str or_else(struct str a, struct str b) { return a.n ? a : b; }

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str customer = event_get_text(e, "customer"), person = event_get_text(e, "person"), item = event_get_text(e, "item");
  struct value new = event_get(e, STR("new"));
  switch (event_kind_index(e->kind)) {
    case EVENT_customer_created: return put(s, a, "customer", customer, or_else(event_get_text(e, "name"), event_get_text(e, "buyer")), p);
    case EVENT_customer_changed: return str_is(item, "资料") && str_is(event_get_text(e, "field"), "name") ? put(s, a, "customer", customer, new.s, p) : OK;
    case EVENT_person_joined: return put(s, a, "person", person, or_else(event_get_text(e, "name"), person), p);
    case EVENT_person_changed: return str_is(item, "姓名") && new.type == V_TEXT ? put(s, a, "person", person, new.s, p) : OK;
    default: return OK;
  }
}

static const char *const tables[] = {"name_sound", NULL};
static const char *const nouns[] = {"customer", "person", NULL};
static const struct read_def reads[] = {{NULL}};
const struct view_def view_sound = {.noun = "sound", .version = 1, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
