// Files on their way to the server: each with its progress, a way to stop it and to try again. One at a time, in the order they were chosen.
import { computed, reactive } from 'vue'
import { api } from '@/api/client'
import { newId } from '@/api/id'
import type { FileRef } from '@/api/types'
import { t } from '@/i18n'
import { toast } from '@/stores/toasts'

export interface Upload { key: string; name: string; size: number; part: number; state: 'waiting' | 'going' | 'failed' | 'done'; file: File; stored?: FileRef; stop?: () => void; view?: string }
const MOST = 20 * 1048576, MOST_FILES = 9

export function useUploads() {
  const list = reactive<Upload[]>([])
  let busy = false
  async function run() {
    if (busy) return
    busy = true
    for (let u = list.find((x) => x.state === 'waiting'); u; u = list.find((x) => x.state === 'waiting')) {
      u.state = 'going'; u.part = 0
      const one = u, going = api.uploading(u.file, u.name || 'image.png', (p) => { one.part = p })
      u.stop = going.stop
      try { u.stored = await going.done; u.state = 'done' } catch { if (list.includes(u)) u.state = 'failed' }
    }
    busy = false
  }
  function take(files: File[]) {
    for (const f of files) {
      if (list.length >= MOST_FILES) { toast(t('parts.file.many', { n: MOST_FILES }), { tone: 'bad' }); break }
      if (f.size > MOST) { toast(t('parts.file.too', { name: f.name }), { tone: 'bad' }); continue }
      list.push({ key: newId(), name: f.name, size: f.size, part: 0, state: 'waiting', file: f, view: f.type.startsWith('image/') ? URL.createObjectURL(f) : undefined })
    }
    void run()
  }
  function drop(u: Upload) { const i = list.indexOf(u); if (i >= 0) list.splice(i, 1); u.stop?.(); if (u.view?.startsWith('blob:')) URL.revokeObjectURL(u.view) }
  function again(u: Upload) { u.state = 'waiting'; void run() }
  /** Files that are stored already, back in the row: their message was refused. */
  function restore(files: FileRef[]) { for (const f of files) list.push({ key: newId(), name: f.name, size: f.size, part: 1, state: 'done', file: new File([], f.name), stored: f, view: f.type?.startsWith('image/') ? api.fileUrl(f.id) : undefined }) }
  const clear = () => { for (const u of [...list]) drop(u) }
  const done = computed(() => list.filter((u) => u.state === 'done').map((u) => u.stored!))
  const waiting = computed(() => list.some((u) => u.state !== 'done'))
  return { list, take, drop, again, restore, clear, done, waiting }
}
