/**
 * What may stand inside the JSON of FOCUS 1.4: each column with a form of its own as a shape, after
 * the schemas that the specification has for them.
 */

/** Says what was expected of a value, and where inside it; null where the value conforms. */
type Shape = (value: unknown) => string | null

/** What was expected of the JSON in a column; null where it conforms. */
export function objectFault(column: string, text: string): string | null {
  const value = parse(text)
  if (!isObject(value)) return 'a JSON object'
  return shapes[column]?.(value) ?? null
}

/** Of an object whose values are no objects themselves. */
export function pairsFault(text: string): string | null {
  const value = parse(text)
  if (!isObject(value)) return 'a JSON object'
  const isFlat = Object.values(value).every((each) => each === null || typeof each !== 'object')
  return isFlat ? null : 'a JSON object of texts, numbers and booleans'
}

/** The elements of a list in the JSON of a column; none where it is of another form. */
export function elementsOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  const value = parse(text)
  const { Elements: elements } = isObject(value) ? value : {}
  return Array.isArray(elements) ? elements.filter(isObject) : []
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

const text: Shape = (value) => (typeof value === 'string' ? null : 'a text')
const flag: Shape = (value) => (typeof value === 'boolean' ? null : 'true or false')
const number: Shape = (value) => (typeof value === 'number' ? null : 'a number')
const ratio: Shape = (value) => {
  return typeof value === 'number' && value >= 0 && value <= 1 ? null : 'a number from 0 to 1'
}
const orNull = (shape: Shape): Shape => {
  return (value) => (value === null ? null : shape(value))
}
const oneOf = (...allowed: readonly string[]): Shape => {
  return (value) => {
    return allowed.includes(String(value)) ? null : `one of ${allowed.join(', ')}`
  }
}

const list = (shape: Shape): Shape => {
  return (value) => {
    if (!Array.isArray(value) || value.length === 0) return 'a list that is not empty'
    for (const [index, each] of value.entries()) {
      const expected = shape(each)
      if (expected !== null) return `at ${index + 1}, ${expected}`
    }
    return null
  }
}

/** No other keys than these, but for those of one's own: `x_` and a name in Pascal case. */
const object = (
  required: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>>,
  alsoHolds: (fields: Fields) => string | null = () => null,
): Shape => {
  const known = { ...required, ...optional }
  return (value) => {
    if (!isObject(value)) return 'an object'
    const missing = Object.keys(required).find((key) => value[key] === undefined)
    if (missing !== undefined) return `${missing}, which has to be there`
    for (const [key, each] of Object.entries(value)) {
      const expected = known[key]?.(each) ?? (key in known ? null : ownKeyFault(key))
      if (expected !== null) return `${key}: ${expected}`
    }
    return alsoHolds(value)
  }
}

function ownKeyFault(key: string): string | null {
  return /^x_[A-Z][a-zA-Z0-9]*$/.test(key) ? null : 'no such key, or one like x_Name'
}

const applied = object(
  { ContractId: text, ContractCommitmentId: text },
  {
    ContractCommitmentAppliedCost: orNull(number),
    ContractCommitmentAppliedQuantity: orNull(number),
    ContractCommitmentAppliedUnit: orNull(text),
  },
  ({
    ContractCommitmentAppliedCost: cost = null,
    ContractCommitmentAppliedQuantity: quantity = null,
    ContractCommitmentAppliedUnit: unit = null,
  }) => {
    const isCost = cost !== null && quantity === null && unit === null
    const isQuantity = cost === null && quantity !== null && unit !== null
    return isCost || isQuantity ? null : 'either a cost, or a quantity with its unit'
  },
)

const share = object({}, { Cost: ratio, Usage: ratio })
const exists = ['Exists', 'DoesNotExist']
const operators = ['In', 'NotIn', 'StartsWith', 'NotStartsWith', 'Contains', 'NotContains']
const rule = object(
  { Dimension: text, Operator: oneOf(...operators, 'EndsWith', ...exists), Values: list(text) },
  { Applicability: share },
  ({ Operator: operator, Values: values }) => {
    const all = values as readonly string[]
    const isAny = all.includes('*')
    if (!isAny) return exists.includes(String(operator)) ? 'Values: * for this Operator' : null
    const mayBeAny = ['In', 'Contains', ...exists].includes(String(operator))
    return all.length === 1 && mayBeAny ? null : 'Values: * alone, with an Operator that takes it'
  },
)

const applicability = object(
  {},
  {
    IsGlobalScope: flag,
    IsComplexScope: flag,
    Applicability: share,
    InclusionOperator: oneOf('And', 'Or'),
    Inclusions: (value) => (isEmpty(value) ? null : list(rule)(value)),
    ExclusionOperator: oneOf('And', 'Or'),
    Exclusions: list(rule),
  },
  (scope) => {
    const isWhole = scope.IsGlobalScope === true || scope.IsComplexScope === true
    if (scope.IsGlobalScope === true && scope.IsComplexScope === true) {
      return 'IsGlobalScope or IsComplexScope, not both'
    }
    const hasOperator = scope.InclusionOperator !== undefined
    const includes = scope.Inclusions !== undefined && !isEmpty(scope.Inclusions)
    if (isWhole && (hasOperator || includes)) {
      return 'no Inclusions where the scope is global or complex'
    }
    if (!isWhole && !(hasOperator && includes)) {
      return 'Inclusions with their InclusionOperator, or IsGlobalScope, or IsComplexScope'
    }
    const isHalf = scope.Exclusions !== undefined && scope.ExclusionOperator === undefined
    return isHalf ? 'ExclusionOperator beside Exclusions' : null
  },
)

const shapes: Readonly<Record<string, Shape>> = {
  ContractApplied: object({ Elements: list(applied) }, {}),
  ContractCommitmentApplicability: applicability,
  CommitmentProgramEligibilityDetails: object(
    { CommitmentPrograms: list(object({ ProgramType: text }, {})) },
    {},
  ),
  AllocatedMethodDetails: object(
    {
      Elements: list(
        object(
          { AllocatedRatio: ratio },
          { UsageUnit: orNull(text), UsageQuantity: orNull(number) },
          ({ UsageQuantity: quantity = null, UsageUnit: unit = null }) => {
            return quantity !== null && unit === null ? 'UsageUnit beside UsageQuantity' : null
          },
        ),
      ),
    },
    {},
  ),
}
