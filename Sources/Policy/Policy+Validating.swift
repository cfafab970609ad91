import PKI
import Whitelist

extension Policy {
  /// Checks what no single part shows: that names name something, once, and that groups do not contain each other.
  ///
  /// - Throws: ``PolicyError`` with the first fault.
  public func validate() throws(PolicyError) {
    guard (1...WhitelistLimits.nameBytes).contains(network.utf8.count) else {
      throw PolicyError(.missingField, at: "network", "the network's name has 1 to 64 bytes.")
    }
    try validateDevices()
    let names = Set(devices.map(\.name))
    for name in groups.keys.sorted() + roles.keys.sorted() {
      guard !names.contains(name), groups[name] == nil || roles[name] == nil else {
        throw PolicyError(.duplicate, at: "'\(name)'", "is the name of two of: a device, a group, a role.")
      }
      guard PolicySelector(name) == .name(name) else {
        throw PolicyError(.value, at: "'\(name)'", "a name has no *, ? or colon.")
      }
    }
    for (name, members) in groups { try validate(members, "group '\(name)'", names) }
    for (name, role) in roles {
      try validate(role.members, "role '\(name)'", names)
      for use in role.accepts { try validate(use, "role '\(name)'") }
    }
    for rule in rules {
      let place = "rule '\(rule.name)'"
      try validate(rule.from, "\(place), from", names)
      try validate(rule.to, "\(place), to", names)
      if let use = rule.use {
        try validate(use, place)
      } else {
        for selector in rule.to {
          guard case .name(let name) = selector, roles[name] != nil else {
            throw PolicyError(
              .missingField, at: place,
              "says neither protocols, transports nor ports, and '\(selector.text)' is no role that says what it accepts."
            )
          }
        }
      }
    }
    try validateNesting()
  }

  private func validateDevices() throws(PolicyError) {
    var names: Set<String> = []
    var holders: [WhitelistTerms.Certificate: String] = [:]
    for device in devices {
      let place = "device '\(device.name)'"
      guard (1...WhitelistLimits.nameBytes).contains(device.name.utf8.count),
        PolicySelector(device.name) == .name(device.name)
      else { throw PolicyError(.value, at: place, "a name has 1 to 64 bytes and no *, ? or colon.") }
      guard names.insert(device.name).inserted else { throw PolicyError(.duplicate, at: place, "is there twice.") }
      guard device.thumbprint.map({ $0.count == 32 }) != false else {
        throw PolicyError(.value, at: place, "its thumbprint has 32 bytes.")
      }
      for certificate in device.certificates {
        guard let issuer = issuers[certificate.issuer] else {
          throw PolicyError(.unknownName, at: place, "there is no issuer '\(certificate.issuer)'.")
        }
        let size = certificate.serialNumber.count
        guard (1...WhitelistLimits.serialNumberBytes).contains(size), certificate.serialNumber[0] != 0 else {
          throw PolicyError(.value, at: place, "a serial number has 1 to 20 bytes, the first of them not zero.")
        }
        guard certificate.pin.map({ $0.count == 32 }) != false else {
          throw PolicyError(.value, at: place, "a pin has 32 bytes.")
        }
        let key = WhitelistTerms.Certificate(issuer: issuer, serialNumber: certificate.serialNumber)
        if let other = holders.updateValue(device.name, forKey: key) {
          throw PolicyError(
            .duplicate, at: place, "its certificate \(certificate.serialNumber.hexadecimal) is '\(other)''s too.")
        }
      }
    }
  }

  private func validate(_ selectors: [PolicySelector], _ place: String, _ names: Set<String>) throws(PolicyError) {
    for case .name(let name) in selectors where groups[name] == nil && roles[name] == nil && !names.contains(name) {
      throw PolicyError(.unknownName, at: place, "there is no device, group or role '\(name)'.")
    }
    for case .certificate(let issuer, _) in selectors where issuers[issuer] == nil {
      throw PolicyError(.unknownName, at: place, "there is no issuer '\(issuer)'.")
    }
  }

  private func validate(_ use: WhitelistTerms.Rule, _ place: String) throws(PolicyError) {
    let most = WhitelistLimits.valuesOfARule
    let counts = [use.protocols?.count, use.transports?.count, use.ports?.count].compactMap(\.self)
    guard counts.allSatisfy({ (1...most).contains($0) }) else {
      throw PolicyError(
        .value, at: place, "a rule has 1 to \(most) protocols, transports and ports each; make two of it.")
    }
    guard use.ports?.contains(where: { $0.lowerBound == 0 }) != true else {
      throw PolicyError(.value, at: place, "ports begin at 1.")
    }
  }

  /// Groups and roles may contain others, but not themselves.
  private func validateNesting() throws(PolicyError) {
    var done: Set<String> = []
    for name in groups.keys.sorted() + roles.keys.sorted() { try visit(name, [], &done) }
  }

  private func visit(_ name: String, _ path: [String], _ done: inout Set<String>) throws(PolicyError) {
    guard !path.contains(name) else {
      throw PolicyError(.cycle, at: "'\(name)'", "contains itself: \((path + [name]).joined(separator: " > ")).")
    }
    guard !done.contains(name), let members = groups[name] ?? roles[name]?.members else { return }
    for case .name(let member) in members { try visit(member, path + [name], &done) }
    done.insert(name)
  }
}
