// The one door to /api/v1. A change carries the session's CSRF word and an idempotency key, so a change that was cut off by the
// network is sent once more with the same key and is done once.
import { lang } from '@/i18n'
import { ApiError, problemFor } from './problem'
import { newId } from './id'
import type { FileRef } from './types'

export const base = '/api/v1'
type Query = Record<string, string | number | boolean | null | undefined>
export interface Options { query?: Query; key?: string; signal?: AbortSignal; headers?: Record<string, string> }

let csrf = ''
let tellSignedOut: () => void = () => {}
export const signedOut = () => tellSignedOut()
export const setCsrf = (word: string) => { csrf = word }
/** Called once whenever an answer says that nobody is signed in. */
export const onSignedOut = (fn: () => void) => { tellSignedOut = fn }

function address(path: string, query?: Query): string {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(query ?? {})) if (v !== undefined && v !== null && v !== '') q.set(k, String(v))
  const tail = q.toString()
  return base + path + (tail ? '?' + tail : '')
}

/** Width and height of a picture, so that its room can be kept before it arrives; nothing for what is none. */
async function measure(file: Blob): Promise<{ w?: number; h?: number }> {
  if (!file.type.startsWith('image/') || typeof createImageBitmap !== 'function') return {}
  try { const b = await createImageBitmap(file); const size = { w: b.width, h: b.height }; b.close(); return size } catch { return {} }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** The answer is whole or it is none: one that breaks off in its body is sent for again like one that never came. */
async function send(method: string, path: string, body: unknown, o: Options = {}): Promise<{ ok: boolean; status: number; text: string }> {
  const headers: Record<string, string> = { Accept: 'application/json', ...o.headers }
  const init: RequestInit = { method, headers, credentials: 'same-origin', signal: o.signal }
  if (method !== 'GET') {
    headers['X-CSRF'] = csrf
    headers['Idempotency-Key'] = o.key ?? newId()
    if (body instanceof Blob) init.body = body
    else if (body !== undefined) { headers['Content-Type'] = 'application/json'; init.body = JSON.stringify(body) }
    else { headers['Content-Type'] = 'application/json'; init.body = '{}' }
  }
  for (let attempt = 0; ; attempt++) {
    try {
      const r = await fetch(address(path, o.query), init)
      return { ok: r.ok, status: r.status, text: await r.text() }
    } catch (e) {
      if (o.signal?.aborted) throw e
      if (attempt >= 1 || navigator.onLine === false) throw new ApiError(problemFor(0))
      await pause(700)
    }
  }
}

/** A visitor who gave no name is called so by the desk, in Chinese; an English page says it in English. */
export const inLanguage = (text: string) => (lang.value === 'en' ? text.replace(/"访客 (\d+)"/g, '"Visitor $1"') : text)

async function call<T>(method: string, path: string, body?: unknown, o?: Options): Promise<T> {
  const r = await send(method, path, body, o), text = r.text
  let json: unknown
  try { json = text ? JSON.parse(inLanguage(text)) : undefined } catch { json = undefined }
  if (!r.ok) {
    if (r.status === 401 && path !== '/login') signedOut()
    throw new ApiError(problemFor(r.status, json))
  }
  return json as T
}

export const api = {
  get: <T>(path: string, query?: Query, o?: Options) => call<T>('GET', path, undefined, { ...o, query }),
  post: <T = unknown>(path: string, body?: unknown, o?: Options) => call<T>('POST', path, body, o),
  put: <T = unknown>(path: string, body?: unknown, o?: Options) => call<T>('PUT', path, body, o),
  patch: <T = unknown>(path: string, body?: unknown, o?: Options) => call<T>('PATCH', path, body, o),
  delete: <T = unknown>(path: string, o?: Options) => call<T>('DELETE', path, undefined, o),
  /** Stores one file (at most 20 MB); the name travels percent-encoded in a header. */
  upload: async (file: Blob, name = (file as File).name ?? 'image.png'): Promise<FileRef> => {
    const stored = await call<FileRef>('POST', '/files', file, { headers: { 'Content-Type': file.type || 'application/octet-stream', 'X-File-Name': encodeURIComponent(name) } })
    return { ...stored, name: stored.name || name, ...(await measure(file)) }
  },
  /** The same with how far it has come, and a way to stop it. */
  uploading(file: Blob, name: string, progress: (part: number) => void): { done: Promise<FileRef>; stop: () => void } {
    const x = new XMLHttpRequest()
    const done = (async () => {
      const size = await measure(file)
      return new Promise<FileRef>((yes, no) => {
        x.open('POST', address('/files'))
        x.setRequestHeader('X-CSRF', csrf); x.setRequestHeader('Idempotency-Key', newId()); x.setRequestHeader('Accept', 'application/json')
        x.setRequestHeader('Content-Type', file.type || 'application/octet-stream'); x.setRequestHeader('X-File-Name', encodeURIComponent(name))
        x.upload.onprogress = (e) => { if (e.lengthComputable) progress(e.loaded / e.total) }
        x.onerror = x.onabort = () => no(new ApiError(problemFor(0)))
        x.onload = () => { let j: any; try { j = JSON.parse(x.responseText) } catch { j = undefined } if (x.status >= 200 && x.status < 300) yes({ ...j, name: j.name || name, ...size }); else { if (x.status === 401) signedOut(); no(new ApiError(problemFor(x.status, j))) } }
        x.send(file)
      })
    })()
    return { done, stop: () => x.abort() }
  },
  /** Sends a whole file as the body of an import. */
  raw: <T>(path: string, file: Blob, query?: Query) => call<T>('POST', path, file, { query, headers: { 'Content-Type': file.type || 'text/csv', 'X-File-Name': encodeURIComponent((file as File).name ?? 'data.csv') } }),
  fileUrl: (id: string) => `${base}/files/${encodeURIComponent(id)}`,
  url: address,
}
