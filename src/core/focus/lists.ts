/**
 * The two long lists of FOCUS 1.4: which category of services a subcategory belongs to, and the
 * currencies of ISO 4217 in which something may be billed.
 *
 * Facts from the FinOps Open Cost and Usage Specification 1.4 (FinOps Foundation, CC-BY-4.0).
 */
const subcategories = `
  AI and Machine Learning: AI Platforms | Bots | Generative AI | Machine Learning
    | Natural Language Processing | Other (AI and Machine Learning)
  Analytics: Analytics Platforms | Business Intelligence | Data Processing | Other (Analytics)
    | Search | Streaming Analytics
  Business Applications: Other (Business Applications) | Productivity and Collaboration
  Compute: Containers | End User Computing | Other (Compute) | Quantum Compute
    | Serverless Compute | Virtual Machines
  Databases: Caching | Data Warehouses | Ledger Databases | NoSQL Databases | Other (Databases)
    | Relational Databases | Time Series Databases
  Developer Tools: Continuous Integration and Deployment | Developer Platforms
    | Development Environments | Other (Developer Tools) | Quality Assurance
    | Source Code Management
  Identity: Identity and Access Management | Other (Identity)
  Integration: API Management | Messaging | Other (Integration) | Workflow Orchestration
  Internet of Things: IoT Analytics | IoT Platforms | Other (Internet of Things)
  Management and Governance: Architecture | Compliance | Cost Management | Data Governance
    | Disaster Recovery | Endpoint Management | Observability
    | Other (Management and Governance) | Support
  Media: Content Creation | Gaming | Media Streaming | Mixed Reality | Other (Media)
  Migration: Data Migration | Other (Migration) | Resource Migration
  Mobile: Other (Mobile)
  Multicloud: Multicloud Integration | Other (Multicloud)
  Networking: Application Networking | Content Delivery | Network Connectivity
    | Network Infrastructure | Network Routing | Network Security | Other (Networking)
  Other: Other (Other)
  Security: Other (Security) | Secret Management | Security Posture Management
    | Threat Detection and Response
  Storage: Backup Storage | Block Storage | File Storage | Object Storage | Other (Storage)
    | Storage Platforms
  Web: Application Platforms | Other (Web)
`

/** The category of every subcategory. */
export const categoryOf: ReadonlyMap<string, string> = new Map(
  subcategories
    .replace(/\n +\|/g, ' |')
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [category = '', names = ''] = line.trim().split(': ')
      return names.split(' | ').map((name): [string, string] => [name, category])
    }),
)

/** Without the code for no currency at all. */
export const currencies: ReadonlySet<string> = new Set(
  `
  AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP
  BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR
  FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES
  KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
  MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
  SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
  UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF
  XPD XPF XPT XSU XTS XUA YER ZAR ZMW ZWG`
    .trim()
    .split(/\s+/),
)
