/* Writes the table by which base/plain_text.c makes traditional characters simplified: asks OpenCC (t2s) about each Chinese
 * character by itself, at build time, so the program neither loads OpenCC nor depends on which release is installed where it
 * runs. Only changes of one character into one are kept: positions in a text stay what they were. */
#include <opencc/opencc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int encode(unsigned c, char *p) {
  if (c < 0x800) return p[0] = (char)(0xc0 | c >> 6), p[1] = (char)(0x80 | (c & 63)), 2;
  if (c < 0x10000) return p[0] = (char)(0xe0 | c >> 12), p[1] = (char)(0x80 | (c >> 6 & 63)), p[2] = (char)(0x80 | (c & 63)), 3;
  return p[0] = (char)(0xf0 | c >> 18), p[1] = (char)(0x80 | (c >> 12 & 63)), p[2] = (char)(0x80 | (c >> 6 & 63)), p[3] = (char)(0x80 | (c & 63)), 4;
}

/* The one character of `s`; 0 when it is not exactly one. */
static unsigned decode(const char *s) {
  const unsigned char *p = (const unsigned char *)s;
  unsigned c = p[0] < 0x80 ? p[0] : p[0] < 0xe0 ? p[0] & 31u : p[0] < 0xf0 ? p[0] & 15u : p[0] & 7u;
  size_t more = p[0] < 0x80 ? 0 : p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : 3;
  if (strlen(s) != more + 1) return 0;
  for (size_t i = 1; i <= more; i++) c = c << 6 | (p[i] & 63u);
  return c;
}

static unsigned simple(opencc_t cc, unsigned c) {
  char in[5] = {0};
  encode(c, in);
  char *out = opencc_convert_utf8(cc, in, strlen(in));
  if (out == NULL) return c;
  unsigned made = decode(out);
  opencc_convert_utf8_free(out);
  return made ? made : c;
}

int main(int argc, char **argv) {
  opencc_t cc = opencc_open("t2s.json");
  FILE *f = argc == 2 ? fopen(argv[1], "w") : NULL;
  if (cc == (opencc_t)-1 || f == NULL) {
    fprintf(stderr, "variants: %s\n", f ? opencc_error() : "variants OUT.h");
    return 1;
  }
  fprintf(f, "/* Made by tools/variants.c from OpenCC (t2s); not for editing. */\n/* 0: itself; 1: see simple_beyond */\nstatic const unsigned short simple_of[0x9fff - 0x3400 + 1] = {");
  for (unsigned c = 0x3400; c <= 0x9fff; c++) {
    unsigned s = simple(cc, c);
    for (int i = 0; i < 4 && simple(cc, s) != s; i++) s = simple(cc, s); /* a form that is itself changed ends nowhere else */
    fprintf(f, "%s%u,", (c & 15) == 0 ? "\n" : "", s == c ? 0 : s <= 0xffff ? s : 1);
  }
  fprintf(f, "\n};\nstatic const struct { u32 from, to; } simple_beyond[] = {\n");
  for (unsigned c = 0x3400; c <= 0x3134f; c++) {
    if (c == 0xa000) c = 0xf900;
    if (c == 0xfb00) c = 0x20000;
    unsigned s = simple(cc, c);
    if (s != c && (c > 0x9fff || s > 0xffff)) fprintf(f, "{0x%x,0x%x},\n", c, s);
  }
  fprintf(f, "};\n");
  opencc_close(cc);
  return fclose(f) != 0;
}
