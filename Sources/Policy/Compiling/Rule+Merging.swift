import PKI
import Whitelist

extension WhitelistTerms.Rule {
  /// The fewest rules found that allow just what these allow, in one order: none contains another, and no two are one. Nil when
  /// they allow everything.
  static func minimal(_ given: [Self]) -> [Self]? {
    var rules = Set(given.map(\.normal)).filter { !$0.allowsNothing }.sorted(by: precedes)
    var index = 0
    search: while index < rules.count {
      for other in rules.indices where other != index {
        let joined = rules[index].contains(rules[other]) ? rules[index] : rules[index].union(rules[other])
        guard let joined else { continue }
        rules[index] = joined
        rules.remove(at: other)
        index = 0  // what was joined may join more
        continue search
      }
      index += 1
    }
    return rules.contains(Self()) ? nil : rules.sorted(by: precedes)
  }

  /// Values ascending and once each, ranges of ports that touch joined.
  private var normal: Self {
    var rule = self
    rule.protocols = protocols.map { Set($0).sorted { $0.rawValue < $1.rawValue } }
    rule.transports = transports.map { Set($0).sorted { $0.rawValue < $1.rawValue } }
    rule.ports = ports.map(Self.joined)
    return rule
  }

  private var allowsNothing: Bool { protocols == [] || transports == [] || ports == [] }

  private func contains(_ other: Self) -> Bool {
    func covers<Value: Hashable>(_ mine: [Value]?, _ others: [Value]?) -> Bool {
      guard let mine else { return true }
      guard let others else { return false }
      return Set(mine).isSuperset(of: others)
    }
    func covers(_ mine: [ClosedRange<UInt16>]?, _ others: [ClosedRange<UInt16>]?) -> Bool {
      guard let mine else { return true }
      guard let others else { return false }
      return others.allSatisfy { range in
        mine.contains { $0.contains(range.lowerBound) && $0.contains(range.upperBound) }
      }
    }
    return (direction == nil || direction == other.direction) && covers(protocols, other.protocols)
      && covers(transports, other.transports) && covers(ports, other.ports)
      && (leastTLSVersion ?? 0) <= (other.leastTLSVersion ?? 0)
  }

  /// One rule for two that differ in one field; nil when they differ in more, or the field would hold too much.
  private func union(_ other: Self) -> Self? {
    let different = [
      direction != other.direction, protocols != other.protocols, transports != other.transports, ports != other.ports,
      leastTLSVersion != other.leastTLSVersion,
    ]
    guard different.count(where: \.self) == 1, leastTLSVersion == other.leastTLSVersion else { return nil }
    var rule = self
    if different[0] { rule.direction = nil }
    if different[1] { rule.protocols = protocols.flatMap { mine in other.protocols.map { mine + $0 } } }
    if different[2] { rule.transports = transports.flatMap { mine in other.transports.map { mine + $0 } } }
    if different[3] { rule.ports = ports.flatMap { mine in other.ports.map { mine + $0 } } }
    rule = rule.normal
    let counts = [rule.protocols?.count, rule.transports?.count, rule.ports?.count].compactMap(\.self)
    return counts.allSatisfy { $0 <= WhitelistLimits.valuesOfARule } ? rule : nil
  }

  private static func joined(_ ranges: [ClosedRange<UInt16>]) -> [ClosedRange<UInt16>] {
    var joined: [ClosedRange<UInt16>] = []
    for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      if let last = joined.last, Int(range.lowerBound) <= Int(last.upperBound) + 1 {
        joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }

  /// Any order will do, if it is always the same.
  private static func precedes(_ left: Self, _ right: Self) -> Bool { left.key.lexicographicallyPrecedes(right.key) }

  private var key: [UInt32] {
    func part(_ values: [UInt32]?) -> [UInt32] { values.map { [1, UInt32($0.count)] + $0 } ?? [0] }
    return part(direction.map { [UInt32($0.rawValue)] }) + part(protocols?.map(\.rawValue))
      + part(transports?.map(\.rawValue))
      + part(ports?.flatMap { [UInt32($0.lowerBound), UInt32($0.upperBound)] })
      + part(leastTLSVersion.map { [UInt32($0)] })
  }
}
