import PKI

/// The dry run of profiles: what is wrong with a file, and what would become of a request.
public struct ProfileCheck: Codable, Sendable, Equatable {
  /// What became of a request, had it come.
  public struct Verdict: Codable, Sendable, Equatable {
    /// By which profile.
    public var profile: String
    /// Its version.
    public var version: Int
    /// Whether it would be ordered.
    public var ordered: Bool
    /// The stable name of the rule that it breaks.
    public var refusal: String?
    /// What is wrong with it, in a sentence.
    public var sentence: String?
    /// The device that it is for.
    public var device: String?
    /// The DNS names that the certificate would have.
    public var names: [String]?
    /// SHA-256 of its SubjectPublicKeyInfo.
    public var key: String?
  }

  /// The good profiles, by name.
  public var profiles: [String]
  /// Everything that is wrong with the file.
  public var faults: [ProfileFault]
  /// One for each profile, when there was a request.
  public var verdicts: [Verdict]

  /// Reads a file of profiles, and judges a request by each of them.
  ///
  /// - Parameters:
  ///   - file: YAML.
  ///   - request: a PKCS#10 in DER.
  ///   - network: the network's name.
  ///   - nameSuffix: the network's suffix of DNS names.
  /// - Throws: ``ManagerError``: `notFound`, `unreadableFile`.
  public init(
    file: String, request: [UInt8]? = nil, network: String, nameSuffix: String? = nil
  ) throws(ManagerError) {
    let document = try ProfileDocument(file: file)
    profiles = document.profiles.map(\.name)
    faults = document.faults
    let policy = EnrolmentPolicy(network: network, nameSuffix: nameSuffix)
    verdicts = request.map { bytes in document.profiles.map { Self.verdict($0, bytes, policy) } } ?? []
  }

  private static func verdict(
    _ profile: EnrolmentProfile, _ bytes: [UInt8], _ policy: EnrolmentPolicy
  ) -> Verdict {
    do {
      let (request, device) = try profile.check(bytes, policy: policy)
      return Verdict(
        profile: profile.name, version: profile.version, ordered: true, device: device.text, names: request.dnsNames,
        key: request.keyDigest.hexadecimal)
    } catch {
      return Verdict(
        profile: profile.name, version: profile.version, ordered: false, refusal: error.reason,
        sentence: error.sentence)
    }
  }
}
