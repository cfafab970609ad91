import PKI

/// How one device's list would change.
public struct PolicyDifference: Equatable, Sendable {
  /// A peer in it; rules as sentences, empty when everything is allowed.
  public struct Peer: Equatable, Sendable {
    public let name: String
    /// Nil: it is not in the list.
    public let before: [String]?
    public let after: [String]?
  }

  public let device: String
  /// Whether there is a list before, and after.
  public let wasThere: Bool
  public let isThere: Bool
  /// Peers that come, go, or may do something else, ascending.
  public let peers: [Peer]
  /// Peers whose certificates change, ascending.
  public let renewed: [String]
}

extension CompiledPolicy {
  /// What changes from this policy to another, by device and peer; devices whose lists stay the same are left out.
  public func differences(to other: CompiledPolicy) -> [PolicyDifference] {
    let names = Set(policy.devices.map(\.name)).union(other.policy.devices.map(\.name))
    return names.sorted().compactMap { name in
      let (before, after) = (sentences(of: name), other.sentences(of: name))
      let peers = Set(before.keys).union(after.keys).sorted()
      let changed = peers.filter { before[$0] != after[$0] }.map {
        PolicyDifference.Peer(name: $0, before: before[$0], after: after[$0])
      }
      let renewed = peers.filter {
        before[$0] != nil && after[$0] != nil && certificates(of: $0) != other.certificates(of: $0)
      }
      let (wasThere, isThere) = (indices[name] != nil, other.indices[name] != nil)
      guard !changed.isEmpty || !renewed.isEmpty || wasThere != isThere else { return nil }
      return PolicyDifference(device: name, wasThere: wasThere, isThere: isThere, peers: changed, renewed: renewed)
    }
  }

  private func sentences(of device: String) -> [String: [String]] {
    Dictionary(uniqueKeysWithValues: peers(of: device).map { ($0.name, ($0.rules ?? []).map(PolicyWords.sentence)) })
  }

  /// What lists name a device by.
  private func certificates(of device: String) -> [PolicyDevice.Certificate]? {
    indices[device].map { policy.devices[Int($0)].certificates }
  }
}
