/// The tables that entries refer to, and the entries in their order: each issuer and each set of rules is written once.
struct WhitelistTables {
  let issuers: [WhitelistTerms.Issuer]
  /// The one that most entries have first: numbers below 24 take one byte.
  let ruleSets: [[WhitelistTerms.Rule]]
  let sorted: [WhitelistTerms.Entry]
  private let issuerIndex: [WhitelistTerms.Issuer: UInt64]
  private let ruleSetIndex: [[WhitelistTerms.Rule]: UInt64]

  init(_ terms: WhitelistTerms) {
    let named = terms.entries.flatMap { [$0.certificate.issuer] + ($0.predecessor.map { [$0.issuer] } ?? []) }
    issuers = Set(named).sorted { ($0.name + $0.key).lexicographicallyPrecedes($1.name + $1.key) }
    issuerIndex = Dictionary(uniqueKeysWithValues: zip(issuers, 0...))
    var uses: [[WhitelistTerms.Rule]: (count: Int, first: Int)] = [:]
    for (index, entry) in terms.entries.enumerated() {
      if let rules = entry.rules { uses[rules, default: (0, index)].count += 1 }
    }
    ruleSets = uses.sorted { ($1.value.count, $0.value.first) < ($0.value.count, $1.value.first) }.map(\.key)
    ruleSetIndex = Dictionary(uniqueKeysWithValues: zip(ruleSets, 0...))
    let order = issuerIndex
    sorted = terms.entries.sorted { left, right in
      let (first, second) = (order[left.certificate.issuer, default: 0], order[right.certificate.issuer, default: 0])
      guard first == second else { return first < second }
      let (one, other) = (left.certificate.serialNumber, right.certificate.serialNumber)
      return one.count != other.count ? one.count < other.count : one.lexicographicallyPrecedes(other)
    }
  }

  func index(of issuer: WhitelistTerms.Issuer) -> UInt64 { issuerIndex[issuer, default: 0] }

  func index(of rules: [WhitelistTerms.Rule]) -> UInt64 { ruleSetIndex[rules, default: 0] }
}
