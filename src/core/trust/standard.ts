/**
 * The rules that hold where a policy asks for trust and writes none of its own: the usual minimum
 * of controls for each class of data and each relation. A default of ours, shown as such.
 */
import type { TrustRule } from '../domain/trust.ts'

const near = ['owned', 'joint-venture'] as const
const neutral = ['neutral', 'partner', 'landlord'] as const

const allow = { verdict: 'allow', controls: [], duties: [] } as const

export const standardTrust: readonly TrustRule[] = [
  { ...allow, data: ['C0', 'C1'], relations: [...near, ...neutral, 'investor'] },
  { ...allow, data: ['C0', 'C1'], relations: ['rival', 'unknown'], duties: ['neutral names'] },
  { ...allow, data: ['C2'], relations: near, controls: ['residency'] },
  {
    ...allow,
    data: ['C2'],
    relations: [...neutral, 'investor'],
    controls: ['residency', 'dpa', 'customer-keys'],
  },
  {
    ...allow,
    data: ['C2'],
    relations: ['rival'],
    controls: ['residency', 'dpa', 'external-kms', 'no-content-telemetry'],
    duties: ['neutral names'],
  },
  { ...allow, data: ['C3'], relations: near, controls: ['envelope-encryption'] },
  {
    ...allow,
    data: ['C3'],
    relations: [...neutral, 'investor'],
    controls: ['external-kms'],
    duties: ['release keys to attested machines where the accelerator can'],
  },
  {
    ...allow,
    data: ['C3'],
    relations: ['rival'],
    controls: ['external-kms', 'confidential-computing', 'egress-cap', 'no-support-access'],
    duties: ['neutral names'],
  },
  { ...allow, data: ['C4'], relations: near, controls: ['sl3'] },
  {
    ...allow,
    data: ['C4'],
    relations: neutral,
    controls: ['dedicated-tenancy', 'confidential-computing', 'egress-cap', 'two-person-access'],
  },
  {
    ...allow,
    data: ['C4'],
    relations: ['investor'],
    controls: [
      'dedicated-tenancy',
      'confidential-computing',
      'egress-cap',
      'two-person-access',
      'information-barrier',
    ],
  },
  { ...allow, data: ['C5'], relations: near, controls: ['sl5-enclave'] },
]
