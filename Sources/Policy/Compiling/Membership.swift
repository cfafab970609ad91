import PKI

/// Which devices a policy's selectors name.
struct Membership {
  private let policy: Policy
  private let names: [String: UInt32]
  private let labels: [String: [UInt32]]
  private var sets: [String: [UInt32]] = [:]

  init(_ policy: Policy) {
    self.policy = policy
    var (names, labels) = ([String: UInt32](minimumCapacity: policy.devices.count), [String: [UInt32]]())
    for (index, device) in policy.devices.enumerated() {
      names[device.name] = UInt32(index)
      for label in device.labels { labels[label, default: []].append(UInt32(index)) }
    }
    (self.names, self.labels) = (names, labels)
  }

  /// Indices of devices, ascending, each once.
  mutating func members(of selectors: [PolicySelector]) -> [UInt32] {
    var found: [UInt32] = []
    for selector in selectors {
      switch selector {
      case .name(let name):
        if let index = names[name] { found.append(index) } else { found += set(name) }
      case .label(let label): found += labels[label, default: []]
      case .glob, .key, .certificate:
        let matcher = PolicyMatcher(selector)
        for (index, device) in policy.devices.enumerated() where matcher.matches(device) { found.append(UInt32(index)) }
      }
    }
    guard selectors.count > 1 || zip(found, found.dropFirst()).contains(where: { $0 >= $1 }) else { return found }
    found.sort()
    var last: UInt32?
    return found.filter { index in
      defer { last = index }
      return index != last
    }
  }

  private mutating func set(_ name: String) -> [UInt32] {
    if let set = sets[name] { return set }
    let set = members(of: policy.groups[name] ?? policy.roles[name]?.members ?? [])
    sets[name] = set
    return set
  }
}

/// A selector that names devices by themselves, without groups.
struct PolicyMatcher {
  private let selector: PolicySelector
  private let glob: Glob?

  init(_ selector: PolicySelector) {
    self.selector = selector
    if case .glob(let pattern) = selector { glob = Glob(pattern) } else { glob = nil }
  }

  func matches(_ device: PolicyDevice) -> Bool {
    switch selector {
    case .name(let name): device.name == name
    case .glob: glob?.matches(device.name) == true
    case .label(let label): device.labels.contains(label)
    case .key(let key): device.thumbprint == key || device.certificates.contains { $0.pin == key }
    case .certificate(let issuer, let serialNumber):
      device.certificates.contains { $0.issuer == issuer && $0.serialNumber == serialNumber }
    }
  }
}

extension Policy {
  /// Whether selectors name a device, directly or through groups and roles.
  func names(_ device: PolicyDevice, by selectors: [PolicySelector]) -> Bool {
    selectors.contains { selector in
      if PolicyMatcher(selector).matches(device) { return true }
      guard case .name(let name) = selector, let members = groups[name] ?? roles[name]?.members else { return false }
      return names(device, by: members)
    }
  }

  /// What a rule lets be spoken, and with whom: its own use with all that it names, or with each role there what that accepts.
  func offers(of rule: PolicyRule) -> [(to: [PolicySelector], uses: [WhitelistTerms.Rule])] {
    if let use = rule.use { return [(rule.to, [use])] }
    return rule.to.compactMap { selector in
      guard case .name(let name) = selector, let role = roles[name] else { return nil }
      return ([selector], role.accepts)
    }
  }
}
