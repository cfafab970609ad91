import PKI

/// A policy with every pair of devices that it lets talk: from this every device's list is written.
///
/// An edge of the policy stands in the lists of both its ends, each from its own view. Links are numbers, so that 100,000 devices
/// with 50 peers each fit into memory; ``entries(of:)`` makes a list's entries of them when they are wanted.
public struct CompiledPolicy: Sendable {
  /// A peer that a device may talk to.
  struct Link: Equatable, Sendable {
    let peer: UInt32
    let rules: UInt32
  }

  /// What was compiled, with the changes since.
  public internal(set) var policy: Policy
  /// Of each device, ascending by peer.
  var links: [[Link]]
  var ruleSets = RuleSetTable()
  var indices: [String: UInt32]

  /// Compiles.
  ///
  /// - Throws: ``PolicyError`` when the policy is not sound.
  public init(_ policy: Policy) throws(PolicyError) {
    try policy.validate()
    self.policy = policy
    links = []
    indices = [:]
    for (index, device) in policy.devices.enumerated() { indices[device.name] = UInt32(index) }
    let edges = Edges(policy, &ruleSets)
    links.reserveCapacity(policy.devices.count)
    var pairs: [UInt64] = []
    for device in policy.devices.indices {
      pairs.removeAll(keepingCapacity: true)
      edges.collect(of: UInt32(device), into: &pairs)
      links.append(Self.link(&pairs, &ruleSets))
    }
  }

  /// Groups pairs of peer and variant by peer.
  private static func link(_ pairs: inout [UInt64], _ table: inout RuleSetTable) -> [Link] {
    pairs.sort()
    var links: [Link] = []
    var variants: [RuleSetTable.Variant] = []
    for (index, pair) in pairs.enumerated() {
      let (peer, variant) = (UInt32(pair >> 32), UInt32(truncatingIfNeeded: pair))
      if variants.last != variant { variants.append(variant) }
      if index + 1 < pairs.count, UInt32(pairs[index + 1] >> 32) == peer { continue }
      links.append(Link(peer: peer, rules: table.set(of: variants)))
      variants.removeAll(keepingCapacity: true)
    }
    return links
  }
}

/// Every rule with the devices that it names, and every device with the rules that name it.
private struct Edges {
  private struct Edge {
    let from: [UInt32]
    let to: [UInt32]
    let outward: RuleSetTable.Variant
    let inward: RuleSetTable.Variant
  }

  private var edges: [Edge] = []
  private var outward: [[UInt32]]
  private var inward: [[UInt32]]

  init(_ policy: Policy, _ table: inout RuleSetTable) {
    outward = Array(repeating: [], count: policy.devices.count)
    inward = outward
    var membership = Membership(policy)
    for rule in policy.rules {
      let from = membership.members(of: rule.from)
      for offer in policy.offers(of: rule) { add(from, membership.members(of: offer.to), offer.uses, &table) }
    }
  }

  private mutating func add(
    _ from: [UInt32], _ to: [UInt32], _ use: [WhitelistTerms.Rule], _ table: inout RuleSetTable
  ) {
    guard !use.isEmpty else { return }
    let number = UInt32(edges.count)
    edges.append(
      Edge(
        from: from, to: to, outward: table.variant(of: use, isInward: false),
        inward: table.variant(of: use, isInward: true)))
    for device in from { outward[Int(device)].append(number) }
    for device in to { inward[Int(device)].append(number) }
  }

  /// Peers in the upper half, variants in the lower.
  func collect(of device: UInt32, into pairs: inout [UInt64]) {
    for number in outward[Int(device)] {
      let edge = edges[Int(number)]
      for peer in edge.to where peer != device { pairs.append(UInt64(peer) << 32 | UInt64(edge.outward)) }
    }
    for number in inward[Int(device)] {
      let edge = edges[Int(number)]
      for peer in edge.from where peer != device { pairs.append(UInt64(peer) << 32 | UInt64(edge.inward)) }
    }
  }
}
