/**
 * Bugs of looking: what listings prove, what is swept away, and who may be believed.
 */
import { type Mutant, mutant } from './mutant.ts'

const settle = 'src/core/acquire/settle.ts'
const loop = 'src/operate/loop.ts'
const watch = 'src/operate/watch.ts'
const strays = 'src/operate/turn/strays.ts'

export const sweeping: readonly Mutant[] = [
  mutant(
    'absent-once',
    'one listing without a lease is enough to give it up',
    settle,
    'if (absentCount < 2) return',
    'if (absentCount < 1) return',
  ),
  mutant(
    'half-listing-believed',
    'what a listing lacks that says it lacks its end is given up',
    settle,
    'if (!sighting.listing.complete || sighting.askedAt <= settledAt) return null',
    'if (sighting.askedAt <= settledAt) return null',
  ),
  mutant(
    'early-listing-believed',
    'a listing is believed though the call may still take effect',
    settle,
    'if (!sighting.listing.complete || sighting.askedAt <= settledAt) return null',
    'if (!sighting.listing.complete) return null',
  ),
  mutant(
    'lag-forgotten',
    'a listing is believed though it may not show new rentals yet',
    settle,
    'announceValidMs + promises.lateEffectMs + promises.listLagMs',
    'announceValidMs + promises.lateEffectMs',
  ),
  mutant(
    'lag-of-held-forgotten',
    'a rental that was just bought counts as lost while no listing shows it yet',
    settle,
    '(lease.heldAt ?? now) + promises.listLagMs',
    '(lease.heldAt ?? now)',
  ),
  mutant(
    'dead-machines-kept',
    'machines that never boot are waited for without end',
    settle,
    'if (now - (lease.heldAt ?? now) <= bootTimeoutMs) return null',
    'if (now >= 0) return null',
  ),
  mutant(
    'silence-ignored',
    'a machine that is not heard any more counts as working',
    settle,
    'const silent = sights.filter(({ heardAgoMs }) => heardAgoMs > silentMs)',
    'const silent = sights.filter(() => silentMs < 0)',
  ),
  {
    name: 'power-off-ignored',
    breaks:
      'a machine that its supplier says is off counts as working, for as long as nobody hears it',
    // Whoever is off is not heard either: that would stand in for it.
    patches: [
      {
        file: settle,
        find: "if (first && lease.state !== 'releasing') {",
        replace: 'if (first && input.sighting === null) {',
      },
      {
        file: settle,
        find: 'const silent = sights.filter(({ heardAgoMs }) => heardAgoMs > silentMs)',
        replace: 'const silent = sights.filter(() => silentMs < 0)',
      },
    ],
  },
  mutant(
    'gone-before-released',
    'a lease counts as gone once its release was decided, not once its supplier says so',
    settle,
    "return moved({ ...lease, state: 'releasing' }, 'lease.releasing', { because: lease.why })",
    "return ended(lease, 'released', now)",
  ),
  mutant(
    'no-sweep',
    'what nobody owns is never given back',
    loop,
    'for (const stray of decision.strays) if (stray.certain) calls.giveBack(stray)',
    '',
  ),
  mutant(
    'foreign-swept',
    'rentals with keys that we never issued are given back',
    'src/core/acquire/orphans.ts',
    '!openKeys.has(key) && wasIssued(key)',
    '!openKeys.has(key)',
  ),
  mutant(
    'quarantine-ignored',
    'buying goes on where a supplier lists rentals that we never ordered',
    strays,
    'const next = found.length > 0 ? quarantine(supplier, found, now) : stillForeign',
    'const next = silent',
  ),
  mutant(
    'memory-of-long-ago',
    'who leads again remembers only what it knew when it led before',
    loop,
    "if (taken !== 'kept') {\n      memory = null",
    "if (taken !== 'kept') {",
  ),
  mutant(
    'late-commit-unseen',
    'what is remembered is read again while a commit without an answer may still be applied',
    loop,
    'lead.doubt(epoch)',
    'memory = null',
  ),
  {
    name: 'lost-commit-forgotten',
    breaks: 'what a commit did whose answer was lost is never looked at again',
    patches: [
      { file: loop, find: 'lead.doubt(epoch)\n', replace: '' },
      {
        file: loop,
        find: "if (done.outcome === 'stale') await refresh(known, done.kind, done.id)",
        replace: '',
      },
    ],
  },
  mutant(
    'question-without-deadline',
    'a listing that never comes is waited for without end',
    watch,
    'within(clock, settings.askDeadlineMs,',
    'within(clock, 1e12,',
  ),
  mutant(
    'outage-for-ever',
    'a supplier that was silent once is never asked to sell again',
    watch,
    '    eye.outage = null\n    eye.missed',
    '    eye.missed',
  ),
  mutant(
    'former-versions-forgotten',
    'what was over cannot come back, and blocks every later turn',
    'src/operate/turn/decide.ts',
    '  knowFormer(rows, options.memory)\n',
    '',
  ),
]
