#!/usr/bin/env python3
"""Typed C functions from named SQL queries.

    sqlgen.py FOLDER/NOUN.sql NAME OUT.h OUT.c        (NAME is "views/conversation")

A .sql file holds tables and queries, each opened by a marker line:

    -- table: conversation              its statements up to the next marker; "-- table: account keep" is never dropped
    CREATE TABLE conversation (…);      by a rebuild; "rowless" makes a SQLite table without rowid (small key tables)
    -- postgres:                        (optional) the other engine's statements, only where they truly differ
    -- query: conversation_get one      exec | one | many
    -- in: id text, at_ms int?          types text int bool blob; ? = may be NULL; may run over several "-- in:" lines
    -- out: id text, closed_ms int?
    SELECT id, closed_ms FROM conversation WHERE id = :id
    -- postgres:                        (optional) the other engine's body

Other "--" lines are comments. Placeholders are :name. For PostgreSQL the tables become BIGINT (from INTEGER, BOOLEAN),
BYTEA (from BLOB) and TEXT COLLATE "C" (so both engines order bytes alike), and each placeholder carries its type.
Query names are global: prefix them with the noun."""
import re
import sys

TYPES = {'text': ('STORE_TEXT', 'struct str', 'text'), 'int': ('STORE_INT', 'i64', 'bigint'),
         'bool': ('STORE_BOOL', 'bool', 'bigint'), 'blob': ('STORE_BLOB', 'struct str', 'bytea')}
MARK = re.compile(r'^--\s*(table|query|in|out|postgres)\s*:\s*(.*)$')
WORD = re.compile(r'^[a-z][a-z0-9_]*$')


class Wrong(Exception):
    pass


def fields(text, where):
    """'id text, at_ms int?' -> [(name, type, nullable)]"""
    found = []
    for part in filter(None, (p.strip() for p in text.split(','))):
        words = part.split()
        if len(words) != 2 or not WORD.match(words[0]) or words[1].rstrip('?') not in TYPES:
            raise Wrong(f'{where}: "{part}" is not "name text|int|bool|blob[?]"')
        found.append((words[0], words[1].rstrip('?'), words[1].endswith('?')))
    if len({f[0] for f in found}) != len(found):
        raise Wrong(f'{where}: a name twice')
    return found


def read(path):
    """-> list of blocks: dict(what, name, words, in, out, body, postgres, line)"""
    blocks, block, into = [], None, 'body'
    for number, line in enumerate(open(path, encoding='utf-8'), 1):
        mark = MARK.match(line.strip())
        if mark and mark[1] in ('table', 'query'):
            words = mark[2].split()
            if not words or not WORD.match(words[0]):
                raise Wrong(f'{path}:{number}: {mark[1]} without a name')
            block = dict(what=mark[1], name=words[0], words=words[1:], body='', postgres='', line=number)
            block['in'] = block['out'] = ''
            blocks.append(block)
            into = 'body'
        elif mark and block is None:
            raise Wrong(f'{path}:{number}: "-- {mark[1]}:" before any table or query')
        elif mark and mark[1] in ('in', 'out'):
            if block['what'] == 'table':
                raise Wrong(f'{path}:{number}: a table has no "{mark[1]}"')
            block[mark[1]] += mark[2].rstrip().rstrip(',') + ','
        elif mark:
            into = 'postgres'
        elif line.strip().startswith('--'):
            continue
        elif block is not None:
            block[into] += line
        elif line.strip():
            raise Wrong(f'{path}:{number}: text before the first "-- table:" or "-- query:"')
    return blocks


def pieces(sql):
    """Cut into (quoted, text) so that quotes are never touched."""
    return [(bool(i % 2), t) for i, t in enumerate(re.split(r"('(?:[^']|'')*'|\"[^\"]*\")", sql))]


def squeeze(sql):
    sql = re.sub(r"('(?:[^']|'')*')|--[^\n]*", lambda m: m[1] or '', sql)  # comments behind a line
    return ''.join(t if q else re.sub(r'\s+', ' ', t) for q, t in pieces(sql)).strip().rstrip(';').strip()


def placeholders(sql, inputs, engine, where):
    order = {name: i for i, (name, _, _) in enumerate(inputs, 1)}
    kinds = {name: TYPES[kind][2] for name, kind, _ in inputs}
    used = set()

    def put(match):
        name = match[1]
        if name not in order:
            raise Wrong(f'{where}: :{name} is not declared by "-- in:"')
        used.add(name)
        return f'?{order[name]}' if engine == 'sqlite' else f'${order[name]}::{kinds[name]}'

    text = ''.join(t if q else re.sub(r'(?<![:\w]):([a-z][a-z0-9_]*)', put, t) for q, t in pieces(sql))
    missing = [n for n in order if n not in used]
    if missing:
        raise Wrong(f'{where}: "{missing[0]}" is declared but not used')
    return text


def ddl_postgres(sql):
    def words(text):
        text = re.sub(r'\b(INTEGER|BOOLEAN)\b', 'BIGINT', text)
        text = re.sub(r'\bBLOB\b', 'BYTEA', text)
        return re.sub(r'\bTEXT\b', 'TEXT COLLATE "C"', text)
    return ''.join(t if q else words(t) for q, t in pieces(sql))


def ddl_rowless(sql):
    return re.sub(r'\)\s*;', ') WITHOUT ROWID;', sql + ';', count=1)


def c_text(text):
    out = text.replace('\\', '\\\\').replace('"', '\\"').replace('\n', ' ')
    lines = re.findall(r'.{1,100}(?:\s|$)|.{1,100}', out)
    return '\n    '.join(f'"{line}"' for line in lines) if lines else '""'


def struct(name, listed):
    """One member per line; has_x beside a nullable x."""
    lines = [f'struct {name} {{']
    for field, kind, nullable in listed:
        lines.append(f'  {TYPES[kind][1]} {field};')
        if nullable:
            lines.append(f'  bool has_{field};')
    return '\n'.join(lines + ['};'])


def columns(query, part, listed):
    if not listed:
        return None
    kind = f'struct {query}_{"in" if part == "in" else "row"}'
    rows = []
    for field, typ, nullable in listed:
        has = f'offsetof({kind}, has_{field})' if nullable else '0'
        rows.append(f'  {{"{field}", {TYPES[typ][0]}, {"true" if nullable else "false"}, offsetof({kind}, {field}), {has}}},')
    return f'static const struct store_column {query}_{part}_columns[] = {{\n' + '\n'.join(rows) + '\n};'


def signature(name, shape, inputs):
    take = f', const struct {name}_in *in' if inputs else ''
    if shape == 'exec':
        return f'enum status {name}(struct store *s{take}, i64 *changed, struct problem *p)'
    rows = f'struct {name}_row **rows, size_t *count' if shape == 'many' else f'struct {name}_row **row'
    return f'enum status {name}(struct store *s, struct arena *a{take}, {rows}, struct problem *p)'


def emit_query(block, path, head, code):
    name, where = block['name'], f'{path}:{block["line"]} ({block["name"]})'
    shape = (block['words'] or [''])[0]
    if shape not in ('exec', 'one', 'many') or len(block['words']) != 1:
        raise Wrong(f'{where}: say exec, one or many')
    inputs, outputs = fields(block['in'], where), fields(block['out'], where)
    if (shape == 'exec') != (not outputs):
        raise Wrong(f'{where}: exec has no "-- out:", one and many need it')
    sqlite = placeholders(squeeze(block['body']), inputs, 'sqlite', where)
    postgres = placeholders(squeeze(block['postgres'] or block['body']), inputs, 'postgres', where)
    if not sqlite:
        raise Wrong(f'{where}: no SQL')
    if inputs:
        head.append(struct(f'{name}_in', inputs))
    if outputs:
        head.append(struct(f'{name}_row', outputs))
    head.append(f'MUST_CHECK {signature(name, shape, inputs)};')
    for part, listed in (('in', inputs), ('out', outputs)):
        text = columns(name, part, listed)
        if text:
            code.append(text)
    parts = [f'  .name = "{name}",', f'  .sqlite = {c_text(sqlite)},', f'  .postgres = {c_text(postgres)},',
             f'  .shape = STORE_{shape.upper()},']
    if inputs:
        parts.append(f'  .in = {name}_in_columns, .in_count = {len(inputs)},')
    if outputs:
        parts.append(f'  .out = {name}_out_columns, .out_count = {len(outputs)}, .row_size = sizeof(struct {name}_row),')
    code.append(f'static const struct store_query {name}_query = {{\n' + '\n'.join(parts) + '\n};')
    given = 'in' if inputs else 'NULL'
    if shape == 'exec':
        body = f'  return store_query_exec(s, &{name}_query, {given}, changed, p);'
    else:
        out = ('rows, count' if shape == 'many' else 'row')
        body = (f'  void *found = NULL;\n  enum status status = store_query_{shape}(s, a, &{name}_query, {given}, &found'
                + (', count' if shape == 'many' else '') + f', p);\n  *{out.split(",")[0]} = found;\n  return status;')
    code.append(f'{signature(name, shape, inputs)} {{\n{body}\n}}')
    if outputs:
        head.append(f'json_t *{name}_json(const struct {name}_row *row);')
        code.append(f'json_t *{name}_json(const struct {name}_row *row) {{ return store_row_json(&{name}_query, row); }}')
    return name


def emit_table(block, path):
    where = f'{path}:{block["line"]} ({block["name"]})'
    if set(block['words']) - {'keep', 'rowless'}:
        raise Wrong(f'{where}: a table may be "keep" and "rowless"')
    sqlite = squeeze(block['body'])
    postgres = squeeze(block['postgres']) if block['postgres'] else ddl_postgres(sqlite)
    if block['name'] not in sqlite:
        raise Wrong(f'{where}: its statements never name it')
    if 'rowless' in block['words']:
        sqlite = ddl_rowless(sqlite)
    keep = 'true' if 'keep' in block['words'] else 'false'
    name = block['name']
    return (f'  {{"{name}", {keep},\n    {c_text(sqlite)},\n    {c_text(postgres)},\n'
            f'    "SELECT * FROM {name}", "DROP TABLE IF EXISTS {name}"}},')


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    path, module, header, source = sys.argv[1:]
    blocks = read(path)
    seen = set()
    for block in blocks:
        if (block['what'], block['name']) in seen:
            raise Wrong(f'{path}:{block["line"]}: {block["what"]} {block["name"]} twice')
        seen.add((block['what'], block['name']))
    guard = 'GUIJU_' + re.sub(r'\W', '_', module).upper() + '_SQL_H'
    symbol = 'module_' + re.sub(r'\W', '_', module)
    head = [f'/* Made by tools/sqlgen.py from {module}.sql. */\n#ifndef {guard}\n#define {guard}\n\n#include "store/store.h"']
    code = [f'/* Made by tools/sqlgen.py from {module}.sql. */\n#include "{module}.sql.h"\n\n#include <stddef.h>']
    tables = [emit_table(b, path) for b in blocks if b['what'] == 'table']
    queries = [emit_query(b, path, head, code) for b in blocks if b['what'] == 'query']
    if tables:
        code.append(f'static const struct store_table {symbol}_tables[] = {{\n' + '\n'.join(tables) + '\n};')
    if queries:
        code.append(f'static const struct store_query *const {symbol}_queries[] = {{\n'
                    + '\n'.join(f'  &{q}_query,' for q in queries) + '\n};')
    parts = [f'  .name = "{module}",']
    if tables:
        parts.append(f'  .tables = {symbol}_tables, .table_count = {len(tables)},')
    if queries:
        parts.append(f'  .queries = {symbol}_queries, .query_count = {len(queries)},')
    code.append(f'const struct store_module {symbol} = {{\n' + '\n'.join(parts) + '\n};')
    head.append(f'extern const struct store_module {symbol};')
    head.append('#endif')
    for name, text in ((header, head), (source, code)):
        with open(name, 'w', encoding='utf-8') as out:
            out.write('\n\n'.join(text) + '\n')


if __name__ == '__main__':
    try:
        main()
    except (Wrong, OSError) as error:
        sys.exit(f'sqlgen: {error}')
