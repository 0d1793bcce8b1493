/**
 * The control plane as the story asks it: a few questions over its own HTTP API, and its events.
 */
import type {
  CostReply,
  EventView,
  LeaseView,
  LogReply,
  OfferView,
  WorkloadView,
} from '../../src/api/wire.ts'

export interface ControlPlane {
  offers(): Promise<readonly OfferView[]>
  workload(name: string): Promise<WorkloadView | null>
  leases(): Promise<readonly LeaseView[]>
  events(after: number): Promise<readonly EventView[]>
  log(run: string, epoch: number, offset: number): Promise<LogReply>
  cost(): Promise<CostReply>
  token(name: string, role: 'client' | 'gateway'): Promise<string>
}

export function controlPlane(url: string, token: string): ControlPlane {
  async function ask<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(5_000),
    })
    if (!response.ok) throw new Error(`${path} → ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
  return {
    offers: async () => (await ask<{ offers: OfferView[] }>('/offers')).offers,
    async workload(name) {
      const { workloads } = await ask<{ workloads: WorkloadView[] }>('/workloads?all=true')
      return workloads.find((workload) => workload.name === name) ?? null
    },
    leases: async () => (await ask<{ leases: LeaseView[] }>('/leases?all=true')).leases,
    events: async (after) =>
      (await ask<{ events: EventView[] }>(`/events?after=${after}&limit=1000`)).events,
    log: (run, epoch, offset) =>
      ask(`/runs/${encodeURIComponent(run)}/logs?epoch=${epoch}&rank=0&offset=${offset}`),
    cost: () => ask('/cost?by=supplier'),
    token: async (name, role) =>
      (await ask<{ secret: string }>('/tokens', { name, role, expiresInMs: null })).secret,
  }
}
