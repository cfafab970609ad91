import PKI
import Whitelist

/// Sets of rules, each once and with a number: links hold numbers, not rules.
struct RuleSetTable: Sendable {
  /// A use of a rule and a direction: twice the use's number, and 1 for inward.
  typealias Variant = UInt32

  private var uses: [[WhitelistTerms.Rule]] = []
  private var useNumbers: [[WhitelistTerms.Rule]: UInt32] = [:]
  private var sets: [[WhitelistTerms.Rule]?] = []
  private var setNumbers: [[WhitelistTerms.Rule]?: UInt32] = [:]
  private var known: [[Variant]: UInt32] = [:]

  /// What a set allows; nil: everything.
  subscript(number: UInt32) -> [WhitelistTerms.Rule]? { sets[Int(number)] }

  mutating func variant(of use: [WhitelistTerms.Rule], isInward: Bool) -> Variant {
    let number: UInt32
    if let known = useNumbers[use] {
      number = known
    } else {
      number = UInt32(uses.count)
      uses.append(use)
      useNumbers[use] = number
    }
    return number << 1 | (isInward ? 1 : 0)
  }

  /// The set that allows what any of these does.
  ///
  /// - Parameter variants: ascending.
  mutating func set(of variants: [Variant]) -> UInt32 {
    if let number = known[variants] { return number }
    let rules = variants.flatMap { variant in
      uses[Int(variant >> 1)].map { use in
        var rule = use
        rule.direction = variant & 1 == 0 ? .outward : .inward
        return rule
      }
    }
    let number = self.number(of: WhitelistTerms.Rule.minimal(rules))
    known[variants] = number
    return number
  }

  private mutating func number(of set: [WhitelistTerms.Rule]?) -> UInt32 {
    if let number = setNumbers[set] { return number }
    let number = UInt32(sets.count)
    sets.append(set)
    setNumbers[set] = number
    return number
  }
}
