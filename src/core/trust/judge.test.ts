/** Trust as a table: a class, a place, and what is said of it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { SupplierSpec } from '../domain/supplier.ts'
import { dataClasses, type Relation, relations, type Trust } from '../domain/trust.ts'
import { judge, siteOf } from './judge.ts'
import { standardTrust } from './standard.ts'

const usual: Trust = { rules: [], isUsual: true, unclassified: 'C4' }
const now = 1_000

const seller = (name: string, more: Partial<SupplierSpec> = {}): SupplierSpec => ({
  ...{ name, generation: 1, driver: 'remote', url: '', tokenFrom: null, buying: true },
  promises: { class: 'A', lateEffectMs: 0, listLagMs: 0 },
  ...more,
})
const always = (relation: Relation) => ({ relation, from: null, to: null })
const proven = (...controls: string[]) =>
  controls.map((control) => ({ control, until: now + 1, document: 'a letter' }))
const rival = seller('bolt', { relations: [always('rival')] })

function says(dataClass: (typeof dataClasses)[number], at: SupplierSpec, others = [rival]): string {
  const judgement = judge(usual, dataClass, siteOf(at, 'us', { at: now, until: now }, others), now)
  return judgement.allowed ? `yes ${judgement.duties.join()}`.trim() : judgement.why
}

describe('trust', () => {
  it('[TR1] lets public data go anywhere, and unreleased weights to no rival', () => {
    assert.equal(says('C0', rival), 'yes neutral names')
    assert.equal(says('C4', rival), 'data of class C4 does not go to bolt (rival)')
    assert.equal(says('C5', seller('acme')), 'data of class C5 does not go to acme')
  })

  it('[TR1] asks the written rules first, and the usual ones only where that is wanted', () => {
    const deny = { data: ['C0'], relations: ['neutral'], verdict: 'deny' } as const
    const trust: Trust = { ...usual, rules: [{ ...deny, controls: [], duties: [] }] }
    const site = siteOf(seller('acme'), 'us', { at: now, until: now }, [])
    assert.equal(judge(trust, 'C0', site, now).allowed, false)
    assert.equal(judge(trust, 'C1', site, now).allowed, true)
    assert.equal(judge({ ...trust, isUsual: false }, 'C1', site, now).allowed, false)
  })

  it('[TR2] looks through the seller to whoever runs the place', () => {
    const acme = seller('acme', { hosts: { us: ['bolt'] }, controls: proven('external-kms') })
    const why =
      'data of class C3 goes to bolt (rival) only with confidential-computing, which is not ' +
      'proven; egress-cap, which is not proven; no-support-access, which is not proven'
    assert.equal(says('C3', acme), why)
    assert.match(says('C3', { ...acme, hosts: { eu: ['bolt'] } }), /^yes/)
  })

  it('[TR3] believes a proof until it expires', () => {
    const acme = seller('acme', { controls: proven('external-kms') })
    assert.match(says('C3', acme), /^yes/)
    const late = judge(usual, 'C3', siteOf(acme, 'us', { at: now, until: now }, []), now + 1)
    assert.match(late.allowed ? '' : late.why, /of which the proof has expired$/)
  })

  it('[TR4] trusts an unknown host with what is public alone', () => {
    const acme = seller('acme', { hosts: { us: ['nobody'] } })
    assert.match(says('C2', acme), /^data of class C2 does not go to nobody, of whom nothing is/)
    assert.equal(says('C1', acme), 'yes neutral names')
  })

  it('[TR5] counts a relation while it lasts', () => {
    const until = (to: number) => seller('acme', { relations: [{ ...always('rival'), to }] })
    assert.match(says('C4', until(now)), /^data of class C4 goes to acme only with/)
    assert.equal(says('C4', until(now + 1)), 'data of class C4 does not go to acme (rival)')
  })

  it('[TR5] counts every relation of the span in which a decision takes effect', () => {
    const during = (relation: Relation, from: number | null, to: number | null) => {
      const acme = seller('acme', { relations: [{ relation, from, to }] })
      const { relations: found } = siteOf(acme, 'us', { at: now, until: now + 10 }, [])
      return found.map((each) => each.relation).join(' ')
    }
    assert.equal(during('rival', now + 11, null), 'neutral')
    assert.equal(during('rival', now + 10, null), 'neutral rival')
    assert.equal(during('partner', null, now + 10), 'partner neutral')
    assert.equal(during('partner', null, now + 11), 'partner')
  })

  it('[TR6] never gives more for one relation more or one proof less', () => {
    const controls = [...new Set(standardTrust.flatMap((rule) => rule.controls))]
    const someRelations = fc.uniqueArray(fc.constantFrom(...relations), { minLength: 1 })
    const worlds = [
      fc.constantFrom(...dataClasses),
      someRelations,
      fc.constantFrom(...relations),
      fc.subarray(controls),
      fc.constantFrom(...controls),
    ] as const
    fc.assert(
      fc.property(...worlds, (dataClass, has, more, proofs, lost) => {
        const answer = (those: readonly Relation[], held: readonly string[]) => {
          const site = siteOf(
            seller('acme', { relations: those.map(always), controls: proven(...held) }),
            ...(['us', { at: now, until: now }, []] as const),
          )
          return judge(usual, dataClass, site, now).allowed
        }
        if (answer(has, proofs)) return
        assert.equal(answer([...has, more], proofs), false)
        assert.equal(
          answer(
            has,
            proofs.filter((each) => each !== lost),
          ),
          false,
        )
      }),
    )
  })
})
