import PKI
public import Whitelist

/// What two devices' lists say about one use.
public struct PolicyVerdict: Equatable, Sendable {
  /// The reason at the caller's end; nil: its list admits the other.
  public let caller: WhitelistDenial?
  /// The reason at the other end.
  public let called: WhitelistDenial?
  /// The rules that allow it, by name.
  public let rules: [String]

  /// Both ends have to agree.
  public var isAllowed: Bool { caller == nil && called == nil }
}

extension CompiledPolicy {
  /// Asks the lists of both devices, as they would be signed now, by the code that devices decide with.
  ///
  /// - Parameters:
  ///   - caller: who begins.
  ///   - called: the other.
  ///   - use: what for; its direction is not looked at.
  /// - Throws: ``PolicyError`` for a device that is not there; `WhitelistError` for a list that cannot be made.
  public func simulate(_ caller: String, calls called: String, _ use: PeerUse) throws -> PolicyVerdict {
    let (here, there) = (try device(caller), try device(called))
    var use = use
    use.direction = .outward
    let outward = try denial(of: there, by: here, use)
    use.direction = .inward
    let inward = try denial(of: here, by: there, use)
    let rules = policy.rules.filter { rule in
      here != there && policy.names(here, by: rule.from)
        && policy.offers(of: rule).contains { offer in
          policy.names(there, by: offer.to) && offer.uses.contains { $0.fits(use) }
        }
    }
    return PolicyVerdict(caller: outward, called: inward, rules: rules.map(\.name))
  }

  /// - Throws: ``PolicyError`` with code `unknownName` when there is none of this name.
  public func device(_ name: String) throws(PolicyError) -> PolicyDevice {
    guard let index = indices[name] else {
      throw PolicyError(.unknownName, at: "'\(name)'", "there is no device of this name.")
    }
    return policy.devices[Int(index)]
  }

  private func denial(of peer: PolicyDevice, by holder: PolicyDevice, _ use: PeerUse) throws -> WhitelistDenial? {
    guard let terms = list(of: holder.name, epoch: 1, number: 1, at: 1_000_000) else { return .noList }
    guard let certificate = peer.certificates.last, let issuer = policy.issuers[certificate.issuer] else {
      return .notListed
    }
    let bytes = try terms.signed(by: SigningKey(), capacity: holder.capacity)
    let list = try Whitelist(verified: ListBytes(bytes))
    let key = certificate.pin ?? [UInt8](repeating: 0, count: 32)
    let (name, issuerKey, serialNumber) = (issuer.name, issuer.key, certificate.serialNumber)
    let shown = WhitelistPeer(
      issuerName: name.span, issuerKey: issuerKey.span, serialNumber: serialNumber.span, key: key.span,
      wasAdmitted: false)
    let now = WhitelistTime(seconds: 1_000_001, origin: .clock, restarts: 0)
    if case .denied(let reason) = list.decide(shown, use, at: now, in: ListBytes(bytes)) { return reason }
    return nil
  }
}

extension WhitelistTerms.Rule {
  /// Whether a use without a direction covers what is asked for: only to name the rule, lists decide.
  func fits(_ use: PeerUse) -> Bool {
    protocols?.contains(use.application) != false && transports?.contains(use.transport) != false
      && ports?.contains { $0.contains(use.port) } != false
      && (use.transport == .oscore || (leastTLSVersion ?? 0) <= (use.tlsVersion ?? 0))
  }
}
