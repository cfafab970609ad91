import PKI
import Whitelist

extension CompiledPolicy {
  /// From how many ports on a range is a wide one.
  private static let widePorts = 1_024

  /// Looks a policy through: every list is written, signed with a key for nothing else, and read as its device would.
  ///
  /// - Returns: findings about rules, then about devices, in the policy's order.
  public func lint() -> [PolicyFinding] {
    var findings: [PolicyFinding] = []
    var membership = Membership(policy)
    for rule in policy.rules {
      for (end, selectors) in [("from", rule.from), ("to", rule.to)] {
        let count = membership.members(of: selectors).count
        if count == 0 {
          findings.append(.init(code: .namesNobody, subject: rule.name, reason: "'\(end)' names no device."))
        } else if count == policy.devices.count, count > 2 {
          findings.append(.init(code: .overWide, subject: rule.name, reason: "'\(end)' names every device."))
        }
      }
      let uses = policy.offers(of: rule).flatMap(\.uses)
      if uses.isEmpty {
        findings.append(.init(code: .namesNobody, subject: rule.name, reason: "its roles accept nothing."))
      }
      for width in Set(uses.flatMap(Self.widths)).sorted() {
        findings.append(.init(code: .overWide, subject: rule.name, reason: width))
      }
    }
    let signer = SigningKey()
    for (index, device) in policy.devices.enumerated() { findings += lint(device, links[index].count, signer) }
    return findings
  }

  private static func widths(_ use: WhitelistTerms.Rule) -> [String] {
    var widths: [String] = []
    if use.protocols == nil { widths.append("it allows any protocol.") }
    if use.transports == nil { widths.append("it allows any transport.") }
    if let ports = use.ports {
      if ports.contains(where: { $0.count >= widePorts }) {
        widths.append("it allows \(widePorts) ports in a row or more.")
      }
    } else {
      widths.append("it allows any port.")
    }
    return widths
  }

  private func lint(_ device: PolicyDevice, _ peers: Int, _ signer: SigningKey) -> [PolicyFinding] {
    func finding(_ code: PolicyFinding.Code, _ reason: String) -> PolicyFinding {
      PolicyFinding(code: code, subject: device.name, reason: reason)
    }
    guard peers > 0 else { return [finding(.unreachable, "no rule lets it talk to anybody.")] }
    var findings: [PolicyFinding] = []
    if device.certificates.isEmpty {
      findings.append(finding(.oneWay, "it has no certificate, so the lists of its \(peers) peers cannot name it."))
    }
    guard let terms = list(of: device.name, epoch: .max, number: .max - 1, at: 1 << 32) else {
      return findings + [
        finding(.oneWay, "its thumbprint is not known, so it has no list; \(peers) peers have it in theirs.")
      ]
    }
    do {
      _ = try terms.signed(by: signer, capacity: device.capacity)
    } catch .refused(let refusal) {
      findings.append(
        finding(
          .doesNotFit,
          "its list of \(terms.entries.count) entries would be refused: \(refusal). It has room for "
            + "\(device.capacity.entries) entries and \(device.capacity.listBytes) bytes."))
    } catch {
      findings.append(finding(.doesNotFit, "its list cannot be made: \(error)."))
    }
    return findings
  }
}
