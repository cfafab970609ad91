public import Foundation
import SwiftASN1
public import X509

/// What a certificate of one kind contains and for how long it is valid: data, not code.
public struct CertificateProfile: Sendable, Equatable {
  /// The name, which is also EST's label: `device`, `gateway`, `server`.
  public let name: String
  /// The extended key usages.
  public let usages: [ExtendedKeyUsage.Usage]
  /// The subject attributes a request must have.
  public let requiredSubject: Set<Subject.Attribute>
  /// The subject attributes it may have besides.
  public let optionalSubject: Set<Subject.Attribute>
  /// How many DNS names it may ask for.
  public let dnsNames: ClosedRange<Int>
  /// How many IP addresses it may ask for.
  public let ipAddresses: ClosedRange<Int>
  /// The fewest names of both kinds together.
  public let leastNames: Int
  /// How long a certificate is valid, in seconds.
  public let lifetime: TimeInterval

  /// A profile; what is not named is not allowed.
  public init(
    name: String, usages: [ExtendedKeyUsage.Usage], requiredSubject: Set<Subject.Attribute>,
    optionalSubject: Set<Subject.Attribute> = [], dnsNames: ClosedRange<Int> = 0...0,
    ipAddresses: ClosedRange<Int> = 0...0, leastNames: Int = 0, lifetime: TimeInterval
  ) {
    self.name = name
    self.usages = usages
    self.requiredSubject = requiredSubject
    self.optionalSubject = optionalSubject
    self.dnsNames = dnsNames
    self.ipAddresses = ipAddresses
    self.leastNames = leastNames
    self.lifetime = lifetime
  }

  /// Checks what a request asks for.
  ///
  /// - Throws: the one ``ProfileRefusal`` that applies.
  public func check(_ request: CertificationRequest) throws(ProfileRefusal) {
    let attributes = request.subject.attributes
    guard requiredSubject.isSubset(of: attributes),
      attributes.isSubset(of: requiredSubject.union(optionalSubject))
    else { throw .subjectNotOfProfile }
    guard dnsNames.contains(request.dnsNames.count), ipAddresses.contains(request.ipAddresses.count),
      request.dnsNames.count + request.ipAddresses.count >= leastNames
    else { throw .namesNotOfProfile }
  }
}

/// Why a request does not fit a profile.
public enum ProfileRefusal: String, Error, Equatable, CaseIterable, Sendable {
  /// A subject attribute is missing or one too many.
  case subjectNotOfProfile = "subject-not-of-profile"
  /// Too few or too many alternative names, or of another kind.
  case namesNotOfProfile = "names-not-of-profile"

  /// One sentence for people.
  public var sentence: String {
    switch self {
    case .subjectNotOfProfile: "The subject lacks an attribute that the profile requires, or has one it does not allow."
    case .namesNotOfProfile: "The profile does not allow this number or kind of alternative names."
    }
  }
}

extension CertificateProfile {
  private static let day: TimeInterval = 86_400

  /// A device's identity (802.1AR): O, serialNumber and CN, a TLS client.
  public static let device = CertificateProfile(
    name: "device", usages: [.clientAuth], requiredSubject: [.serialNumber, .commonName],
    optionalSubject: [.organization], dnsNames: 0...4, lifetime: 365 * day)

  /// A gateway: a TLS client by its common name. It has no alternative names: one could be a device's or a server's.
  public static let gateway = CertificateProfile(
    name: "gateway", usages: [.clientAuth], requiredSubject: [.commonName], optionalSubject: [.organization],
    lifetime: 90 * day)

  /// A TLS server by DNS names and IP addresses.
  public static let server = CertificateProfile(
    name: "server", usages: [.serverAuth], requiredSubject: [.commonName], optionalSubject: [.organization],
    dnsNames: 0...8, ipAddresses: 0...8, leastNames: 1, lifetime: 365 * day)

  /// A registration authority: id-kp-cmcRA (RFC 6402 §2.10) and nothing else.
  public static let registrationAuthority = CertificateProfile(
    name: "ra", usages: [.init(oid: OID.cmcRA)], requiredSubject: [.commonName], optionalSubject: [.organization],
    lifetime: 365 * day)

  /// The signer of a CA's CMC answers: id-kp-cmcCA and nothing else.
  public static let responder = CertificateProfile(
    name: "responder", usages: [.init(oid: OID.cmcCA)], requiredSubject: [.commonName], lifetime: 365 * day)
}
