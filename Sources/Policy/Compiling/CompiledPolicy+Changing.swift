import PKI

extension CompiledPolicy {
  /// Adds a device or changes it: other labels, other certificates. Only what concerns it is compiled again.
  ///
  /// - Returns: the devices whose lists are others now, ascending by name: peers of before and after, and itself when its own is.
  /// - Throws: ``PolicyError`` when the policy would not be sound; nothing is changed then.
  public mutating func replace(_ device: PolicyDevice) throws(PolicyError) -> [String] {
    let index = indices[device.name]
    try validate(device, replacing: index)
    guard let index else {
      let added = UInt32(policy.devices.count)
      policy.devices.append(device)
      links.append([])
      indices[device.name] = added
      return relink(added, namesIt: false)
    }
    let before = policy.devices[Int(index)]
    policy.devices[Int(index)] = device
    return relink(index, namesIt: before.certificates != device.certificates, of: before)
  }

  /// Takes a device out of all lists; the rules that name it stay.
  ///
  /// - Returns: the devices whose lists are others now.
  public mutating func isolate(_ name: String) -> [String] {
    guard let index = indices[name] else { return [] }
    let peers = links[Int(index)].map(\.peer)
    guard !peers.isEmpty else { return [] }
    for peer in peers { _ = set(nil, in: peer, to: index) }
    links[Int(index)] = []
    return (peers + [index]).map { policy.devices[Int($0)].name }.sorted()
  }

  /// - Parameters:
  ///   - namesIt: whether lists that name the device change even where links do not.
  ///   - before: what it was.
  private mutating func relink(_ index: UInt32, namesIt: Bool, of before: PolicyDevice? = nil) -> [String] {
    let device = policy.devices[Int(index)]
    let old = links[Int(index)]
    let variants = variantsNow(of: index)
    let new = variants.map { Link(peer: $0.peer, rules: ruleSets.set(of: $0.variants)) }
    links[Int(index)] = new
    var changed: Set<UInt32> = old == new ? [] : [index]
    // Its list says whose it is.
    if before?.thumbprint != device.thumbprint { changed.insert(index) }
    for (peer, variants) in variants {
      // The same rules from the other end, merged from there.
      let rules = ruleSets.set(of: variants.map { $0 ^ 1 }.sorted())
      if set(rules, in: peer, to: index) { changed.insert(peer) }
    }
    let latter = Set(new.map(\.peer))
    for link in old where !latter.contains(link.peer) {
      if set(nil, in: link.peer, to: index) { changed.insert(link.peer) }
    }
    if namesIt { changed.formUnion(new.map(\.peer)) }
    return changed.map { policy.devices[Int($0)].name }.sorted()
  }

  /// With whom the device may talk by the policy as it is, ascending by peer.
  private mutating func variantsNow(of index: UInt32) -> [(peer: UInt32, variants: [RuleSetTable.Variant])] {
    let device = policy.devices[Int(index)]
    var variants: [UInt32: Set<RuleSetTable.Variant>] = [:]
    var membership: Membership?
    func members(of selectors: [PolicySelector]) -> [UInt32] {
      var known = membership ?? Membership(policy)
      defer { membership = known }
      return known.members(of: selectors)
    }
    for rule in policy.rules {
      for (to, use) in policy.offers(of: rule) where !use.isEmpty {
        if policy.names(device, by: rule.from) {
          let variant = ruleSets.variant(of: use, isInward: false)
          for peer in members(of: to) where peer != index { variants[peer, default: []].insert(variant) }
        }
        if policy.names(device, by: to) {
          let variant = ruleSets.variant(of: use, isInward: true)
          for peer in members(of: rule.from) where peer != index { variants[peer, default: []].insert(variant) }
        }
      }
    }
    return variants.keys.sorted().map { ($0, variants[$0, default: []].sorted()) }
  }

  /// - Returns: whether that changed anything.
  private mutating func set(_ rules: UInt32?, in device: UInt32, to peer: UInt32) -> Bool {
    let place = links[Int(device)].firstIndex { $0.peer >= peer } ?? links[Int(device)].count
    let isThere = place < links[Int(device)].count && links[Int(device)][place].peer == peer
    guard rules != (isThere ? links[Int(device)][place].rules : nil) else { return false }
    if isThere { links[Int(device)].remove(at: place) }
    if let rules { links[Int(device)].insert(Link(peer: peer, rules: rules), at: place) }
    return true
  }

  /// What one device could break, without looking at all others again where they cannot matter.
  private func validate(_ device: PolicyDevice, replacing index: UInt32?) throws(PolicyError) {
    var alone = Policy(network: policy.network)
    alone.issuers = policy.issuers
    alone.devices = [device]
    try alone.validate()
    guard policy.groups[device.name] == nil, policy.roles[device.name] == nil else {
      throw PolicyError(.duplicate, at: "device '\(device.name)'", "is the name of a group or a role.")
    }
    let certificates = Set(device.certificates.map { [$0.issuer, $0.serialNumber.hexadecimal] })
    guard !certificates.isEmpty else { return }
    for (other, known) in policy.devices.enumerated() where index.map({ Int($0) }) != other {
      for certificate in known.certificates
      where certificates.contains([certificate.issuer, certificate.serialNumber.hexadecimal]) {
        throw PolicyError(
          .duplicate, at: "device '\(device.name)'",
          "its certificate \(certificate.serialNumber.hexadecimal) is '\(known.name)''s too.")
      }
    }
  }
}
