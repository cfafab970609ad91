import PKI
import SwiftASN1
import X509

extension ProfileDocument {
  /// The profile that these words describe.
  ///
  /// - Throws: ``SettingsError``.
  func profile(named name: String) throws -> CertificateProfile {
    guard (1...3_650).contains(days) else { throw SettingsError("'\(name).days' is not 1 to 3650") }
    let fixed = try Dictionary(
      uniqueKeysWithValues: subject.fixed.map { (try Self.attribute($0, name), $1) })
    let required = Set(try subject.required.map { try Self.attribute($0, name) })
    let optional = Set(try subject.optional.map { try Self.attribute($0, name) })
    guard !required.isEmpty, Set(fixed.keys).isSubset(of: required.union(optional)) else {
      throw SettingsError("'\(name).subject' requires nothing, or fixes what it does not allow")
    }
    var profile = CertificateProfile(
      name: name, usages: try extendedKeyUsage.map { try Self.usage($0, name) }, requiredSubject: required,
      optionalSubject: optional, dnsNames: range(dnsNames), ipAddresses: range(ipAddresses), leastNames: leastNames,
      lifetime: Double(days) * 86_400)
    guard !profile.usages.isEmpty else { throw SettingsError("'\(name).extendedKeyUsage' is empty") }
    guard ipAddresses?.under.isEmpty ?? true else {
      throw SettingsError("'\(name).ipAddresses.under' has domains, and addresses are in none")
    }
    profile.fixedSubject = fixed
    profile.dnsSuffixes = dnsNames?.under ?? []
    profile.overridden = Set(
      try overridden.map { try Self.known(OverriddenExtension(rawValue: $0), $0, "\(name).overridden") })
    profile.pointers = Set(
      try pointers.map { try Self.known(CertificateProfile.Pointer(rawValue: $0), $0, "\(name).pointers") })
    profile.policies = try policies.map { try Self.known(Self.identifier($0), $0, "\(name).policies") }
    profile.keyUsage = try Self.keyUsage(keyUsage, name)
    return profile
  }

  private func range(_ rules: NameRules?) -> ClosedRange<Int> { rules.map { $0.least...$0.most } ?? 0...0 }

  private static func attribute(_ text: String, _ profile: String) throws -> Subject.Attribute {
    try known(Subject.Attribute(rawValue: text), text, "\(profile).subject")
  }

  /// What an end entity's P-256 key can be for; keyCertSign and cRLSign are not among it.
  private static func keyUsage(_ names: [String], _ profile: String) throws -> KeyUsage {
    var usage = KeyUsage()
    for name in names {
      switch name {
      case "digitalSignature": usage.digitalSignature = true
      case "nonRepudiation": usage.nonRepudiation = true
      case "keyAgreement": usage.keyAgreement = true
      default: throw SettingsError("'\(profile).keyUsage' has '\(name)', which is none for an end entity's P-256 key")
      }
    }
    guard usage.digitalSignature else { throw SettingsError("'\(profile).keyUsage' lacks digitalSignature") }
    return usage
  }

  private static func usage(_ text: String, _ profile: String) throws -> ExtendedKeyUsage.Usage {
    switch text {
    case "clientAuth": .clientAuth
    case "serverAuth": .serverAuth
    case "codeSigning": .codeSigning
    case "emailProtection": .emailProtection
    case "timeStamping": .timeStamping
    default:
      // Purposes that give power over this CA itself are not for a file to hand out.
      try known(
        identifier(text).map { ExtendedKeyUsage.Usage(oid: $0) }.flatMap { reserved.contains($0) ? nil : $0 }, text,
        "\(profile).extendedKeyUsage")
    }
  }

  private static let reserved: [ExtendedKeyUsage.Usage] =
    [.ocspSigning, .any] + CertificateProfile.registrationAuthority.usages + CertificateProfile.responder.usages

  private static func identifier(_ text: String) -> ASN1ObjectIdentifier? {
    let arcs = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt($0) }
    guard arcs.count >= 3, let first = arcs[0], let second = arcs[1], first <= 2, first == 2 || second < 40,
      !arcs.contains(nil)
    else { return nil }
    return try? ASN1ObjectIdentifier(dotRepresentation: text)
  }

  private static func known<Value>(_ value: Value?, _ text: String, _ place: String) throws -> Value {
    guard let value else { throw SettingsError("'\(place)' does not know '\(text)'") }
    return value
  }
}
