import PKI
import Policy
import Whitelist

/// What a policy says about two devices, read off its rules one by one, without sets, numbers or merging.
struct NaiveJudge {
  let policy: Policy

  func allows(_ device: PolicyDevice, _ use: PeerUse, with peer: PolicyDevice) -> Bool {
    guard device.name != peer.name else { return false }
    let (caller, called) = use.direction == .outward ? (device, peer) : (peer, device)
    for rule in policy.rules {
      guard rule.from.contains(where: { names($0, caller) }) else { continue }
      for selector in rule.to where names(selector, called) {
        if let said = rule.use {
          if fits(said, use) { return true }
        } else if case .name(let name) = selector, let role = policy.roles[name],
          role.accepts.contains(where: { fits($0, use) })
        {
          return true
        }
      }
    }
    return false
  }

  func names(_ selector: PolicySelector, _ device: PolicyDevice) -> Bool {
    switch selector {
    case .name(let name):
      if let members = policy.groups[name] { return members.contains { names($0, device) } }
      if let role = policy.roles[name] { return role.members.contains { names($0, device) } }
      return device.name == name
    case .glob(let pattern): return like(Substring(pattern), Substring(device.name))
    case .label(let label): return device.labels.contains(label)
    case .key(let key): return device.thumbprint == key || device.certificates.contains { $0.pin == key }
    case .certificate(let issuer, let serialNumber):
      return device.certificates.contains { $0.issuer == issuer && $0.serialNumber == serialNumber }
    }
  }

  /// A pattern by its definition.
  func like(_ pattern: Substring, _ text: Substring) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" { return like(pattern.dropFirst(), text) || !text.isEmpty && like(pattern, text.dropFirst()) }
    guard let letter = text.first, first == "?" || first == letter else { return false }
    return like(pattern.dropFirst(), text.dropFirst())
  }

  private func fits(_ said: WhitelistTerms.Rule, _ use: PeerUse) -> Bool {
    if let protocols = said.protocols, !protocols.contains(use.application) { return false }
    if let transports = said.transports, !transports.contains(use.transport) { return false }
    if let ports = said.ports, !ports.contains(where: { $0.contains(use.port) }) { return false }
    if let least = said.leastTLSVersion, use.transport != .oscore, (use.tlsVersion ?? 0) < least { return false }
    return true
  }
}
