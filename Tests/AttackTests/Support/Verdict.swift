/// What came of a story: what must never be, whatever the attacker does.
struct Verdict {
  let manager: AttackedManager
  let devices: [AttackedDevice]
  /// What the manager asked, and when.
  let said: [Words: UInt64]
  /// How often a device took for its own what was said to another.
  var misbeliefs = 0

  /// Empty when the attacker achieved nothing.
  func violations() async throws -> [String] {
    let genuine = devices.reduce(into: Set<Words>()) { $0.formUnion($1.said) }
    var found = Self.faults(of: manager.beliefs, "the manager", genuine)
    for device in devices {
      found += Self.faults(of: device.beliefs, device.serialNumber, Set(said.keys))
      let certificates = try await manager.certificates(of: device.serialNumber)
      for certificate in certificates where certificate.publicKey != device.identity {
        found.append("a key was certified for \(device.serialNumber) that is not its own")
      }
      if let held = device.certificateDigest, !certificates.contains(where: { $0.digest == held }) {
        found.append("\(device.serialNumber) holds a certificate that was never ordered for it")
      }
    }
    if misbeliefs > 0 { found.append("a device believed what was said to another") }
    return found
  }

  private static func faults(of beliefs: [Belief], _ who: String, _ genuine: Set<Words>) -> [String] {
    var seen: Set<Words> = []
    return beliefs.compactMap { belief in
      guard genuine.contains(belief.words) else { return "\(who) believed \(belief.words), which nobody said" }
      // In clear the same words may be said again; under protection none is ever like another.
      return belief.words.option == nil || seen.insert(belief.words).inserted
        ? nil : "\(who) believed \(belief.words) twice"
    }
  }
}

extension Story {
  func violations() async throws -> [String] {
    try await Verdict(manager: manager, devices: devices, said: said, misbeliefs: misbeliefs).violations()
  }

  /// Whether a command was obeyed more than 30 seconds after it was given.
  var obeyedLate: Bool {
    devices.contains { device in
      device.beliefs.contains { belief in
        belief.isObeyed && said[belief.words].map { belief.at > $0 + 30_000 } ?? false
      }
    }
  }
}
