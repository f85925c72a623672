// The two hundred rules of the benchmark's book asked of DuckDB in SQL, over the same log. Reads rows.csv and answers.csv of
// `bench_rules --csv`, prints the seconds, and exits 1 when an answer differs: per rule how many, their fen, their ordinals.
//   node rules_sql.js DIRECTORY [THREADS]
import { DuckDBInstance } from '@duckdb/node-api';
import { readFileSync } from 'node:fs';

const [folder, threads = '2'] = process.argv.slice(2);
const want = readFileSync(`${folder}/answers.csv`, 'utf8').trim().split('\n').slice(1).map((line) => line.split(',').map(Number));
const until = Number(readFileSync(`${folder}/until.txt`, 'utf8'));
const db = await (await DuckDBInstance.create(':memory:', { threads })).connect();
const DAY = 86400000, ZONE = 8 * 3600000;
// family: first rule, how many, and rows (i, n, fen, ordinals)
const local = (at) => `(${at} + ${ZONE})`;
const month = (at) => `date_trunc('month', make_timestamp(${local(at)} * 1000))`;
const monthEnd = (at) => `(epoch_ms(${month(at)} + INTERVAL 1 MONTH) - ${ZONE})`;
const questions = [
  [30, `SELECT i, count(*), sum(100 * (1 + i % 9)), 0 FROM r, range(30) t(i) WHERE kind = 1 AND x > 1000 * (40 + 5 * i) AND y < 10 + 5 * (i % 7) GROUP BY i`],
  [20, `SELECT i, count(*), 0, 0 FROM r, range(20) t(i) WHERE kind = 2 AND x > 1000 * (1200 + 20 * i) AND flag = 0 GROUP BY i`],
  [10, `SELECT i, count(*), sum(100 * (1 + i)), 0 FROM r, range(10) t(i) WHERE kind = 3 AND x <= 1 + i % 2 GROUP BY i`],
  [10, `SELECT i, count(*), sum((y * (1 + i % 4) + 50) // 100), 0 FROM r, range(10) t(i) WHERE kind = 4 AND y > 100 * (850 + 10 * i) AND x >= 3 + i % 3 GROUP BY i`],
  [10, `SELECT i, count(*), 0, 0 FROM r, range(10) t(i) WHERE kind = 10 AND flag = 0 AND ${local('at_ms')} % ${DAY} > (10 + i) * 3600000 GROUP BY i`],
  [10, `SELECT i, count(*), 0, 0 FROM r, range(10) t(i) WHERE kind = 11 AND flag = 0 AND y < 100 * (41 + i) GROUP BY i`],
  [30, `SELECT x, count(*), sum(CASE WHEN nth = 1 THEN 100 * (10 + x) WHEN nth <= 3 THEN 100 * (20 + 2 * x) ELSE 0 END), sum(nth)
        FROM (SELECT x, row_number() OVER (PARTITION BY x, person, ${month('at_ms')} ORDER BY at_ms, seq) AS nth FROM r WHERE kind = 9 AND x < 30) GROUP BY x`],
  [10, `SELECT i, count(*), sum(CASE WHEN nth <= 1 + i THEN 0 ELSE 100 * (5 + i) END), sum(nth)
        FROM (SELECT i, row_number() OVER (PARTITION BY i, person, date_trunc(CASE WHEN i % 2 = 1 THEN 'week' ELSE 'month' END, make_timestamp(${local('at_ms')} * 1000)) ORDER BY at_ms, seq) AS nth
              FROM r, range(10) t(i) WHERE kind = 3 AND x <= 2) GROUP BY i`],
  [20, `SELECT i, count(*), sum(CASE WHEN x < 1000 * (1200 + 12 * i) THEN 100 * (2 + i) ELSE 100 * (4 + i) END), 0 FROM r, range(20) t(i) WHERE kind = 2 AND x >= 1000 * (1140 + 12 * i) GROUP BY i`],
  [6, `WITH c AS (SELECT object, min(at_ms) FILTER (WHERE kind = 0 AND flag = 1) AS first, min(at_ms) FILTER (WHERE kind = 1) AS replied, min(at_ms) FILTER (WHERE kind = 2) AS closed FROM r WHERE kind <= 2 GROUP BY object),
       d AS (SELECT i, first + 1000 * (25 + 5 * i) AS due, least(coalesce(replied, 9e18), coalesce(closed, 9e18)) AS stop FROM c, range(6) t(i) WHERE first IS NOT NULL),
       e AS (SELECT i, due, least(stop, ${monthEnd('due')}, ${until}) AS stop FROM d WHERE stop > due AND due < ${until})
       SELECT i, count(*), sum(least(((stop - due + 29999)::BIGINT // 30000) * 500, 5000 + 500 * i)), 0 FROM e GROUP BY i`],
  [12, `SELECT i, count(*), sum(100 * (3 + i)), 0 FROM o, range(12) t(i) WHERE paid IS NOT NULL AND fen > 100 * (100 + 70 * i) AND paid + 60000 * (45 + i) < ${until}
        AND NOT coalesce(noted <= paid + 60000 * (45 + i), false) GROUP BY i`],
  [12, `SELECT i, count(*), sum(CASE WHEN i % 2 = 1 THEN 0 ELSE 100 * (2 + i) END), 0 FROM o, range(12) t(i) WHERE paid IS NOT NULL AND CASE WHEN i % 2 = 1
        THEN ((${local('paid')} // ${DAY} + 1) * ${DAY} - ${ZONE} - 1) < ${until} AND NOT coalesce(checked <= (${local('paid')} // ${DAY} + 1) * ${DAY} - ${ZONE} - 1, false)
        ELSE fen > 100 * (600 + 20 * i) AND paid + 60000 * (30 + i) < ${until} AND NOT coalesce(CASE WHEN i % 4 = 0 THEN checked1 ELSE checked0 END <= paid + 60000 * (30 + i), false) END GROUP BY i`],
  [10, `SELECT i, count(*), 0, 0 FROM o, range(10) t(i) WHERE fen > 100 * (200 + 50 * i) AND placed + 60000 * (120 + i) < ${until} AND NOT coalesce(reminded <= placed + 60000 * (120 + i), false)
        AND NOT coalesce(paid <= placed + 60000 * (120 + i), false) GROUP BY i`],
  [10, `SELECT i, count(*), sum(100 * (1 + i) * n), 0 FROM (SELECT i, person, count(*) AS n FROM r, range(10) t(i) WHERE kind = 9 AND x = 30 + i AND y >= 100 * i
        GROUP BY i, person, ${month('at_ms')}) GROUP BY i`],
];

await db.run(`CREATE TABLE r AS SELECT * FROM read_csv('${folder}/rows.csv', header = true, columns = {'at_ms': 'BIGINT', 'kind': 'UTINYINT', 'flag': 'UTINYINT', 'person': 'UINTEGER', 'object': 'UINTEGER', 'seq': 'UINTEGER', 'x': 'INTEGER', 'y': 'INTEGER'})`);
const times = [];
let differ = 0;
for (let run = 0; run < 3; run++) {
  const start = performance.now();
  await db.run(`CREATE OR REPLACE TEMP TABLE o AS SELECT object, min(at_ms) FILTER (WHERE kind = 4) AS placed, min(y) FILTER (WHERE kind = 4) AS fen, min(at_ms) FILTER (WHERE kind = 5) AS paid,
    min(at_ms) FILTER (WHERE kind = 6 AND flag = 1) AS noted, min(at_ms) FILTER (WHERE kind = 7) AS checked, min(at_ms) FILTER (WHERE kind = 7 AND x = 0) AS checked0, min(at_ms) FILTER (WHERE kind = 7 AND x = 1) AS checked1,
    min(at_ms) FILTER (WHERE kind = 8) AS reminded FROM r WHERE kind BETWEEN 4 AND 8 GROUP BY object HAVING placed IS NOT NULL`);
  const got = want.map(() => [0, 0, 0]);
  let first = 0;
  for (const [count, sql] of questions) {
    const rows = await (await db.runAndReadAll(sql)).getRows();
    for (const [i, n, fen, ordinals] of rows) got[first + Number(i)] = [Number(n), Number(fen), Number(ordinals)];
    first += count;
  }
  times.push((performance.now() - start) / 1000);
  differ = 0;
  want.forEach((w, i) => {
    if (w[0] === got[i][0] && w[1] === got[i][1] && w[2] === got[i][2]) return;
    if (++differ <= 5) console.error(`rule ${i}: the replay says ${w}, DuckDB ${got[i]}`);
  });
}
times.sort((a, b) => a - b);
console.log(`bench rules_duckdb ${times[1].toFixed(2)} s with ${threads} threads, ${differ ? `${differ} ANSWERS DIFFER` : 'same answers'}`);
process.exit(differ ? 1 : 0);
