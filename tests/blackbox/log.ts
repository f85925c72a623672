// The events of a desk's database as they stand in the log: read with the sqlite3 program, not with ours.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export interface LogEvent { seq: number; id: string; kind: string; at: number; recorded?: number; by?: string; data: any }
export const events = (dir: string): LogEvent[] =>
  execFileSync('sqlite3', [join(dir, 'desk.db'), 'SELECT line FROM event ORDER BY seq'], { encoding: 'utf8', maxBuffer: 1 << 30 }).trimEnd().split('\n').map((l) => JSON.parse(l))
