public import Foundation
public import SwiftASN1
public import X509

/// What a certificate of one kind contains and for how long it is valid: data, not code.
///
/// A request chooses its key, and its subject and names within the rules here. All else is the profile's: what a request says
/// of it is refused, or overridden where the profile says so.
public struct CertificateProfile: Sendable, Equatable {
  /// What of an issuer's URLs the certificates name.
  public enum Pointer: String, CaseIterable, Sendable {
    case crl, ocsp, issuer
  }

  /// The name, which is also EST's label: `device`, `gateway`, `server`.
  public let name: String
  /// The key usages.
  public var keyUsage = KeyUsage(digitalSignature: true)
  /// The extended key usages.
  public var usages: [ExtendedKeyUsage.Usage]
  /// The subject attributes a request must have.
  public var requiredSubject: Set<Subject.Attribute>
  /// The subject attributes it may have besides.
  public var optionalSubject: Set<Subject.Attribute>
  /// The subject attributes that can have one value only, and which.
  public var fixedSubject: [Subject.Attribute: String] = [:]
  /// How many DNS names it may ask for.
  public var dnsNames: ClosedRange<Int>
  /// The domains under which its DNS names must be; empty for any.
  public var dnsSuffixes: [String] = []
  /// How many IP addresses it may ask for.
  public var ipAddresses: ClosedRange<Int>
  /// The fewest names of both kinds together.
  public var leastNames: Int
  /// The extensions that a request may ask for and does not choose: the certificate has the profile's.
  public var overridden: Set<OverriddenExtension> = []
  /// The certificate policies, in their order.
  public var policies: [ASN1ObjectIdentifier] = []
  /// What of the issuer's URLs they name.
  public var pointers: Set<Pointer> = [.crl, .ocsp, .issuer]
  /// Whether they tell a reader not to ask for their status (id-pkix-ocsp-nocheck): an OCSP responder's.
  public var isUnchecked = false
  /// How long a certificate is valid, in seconds.
  public var lifetime: TimeInterval

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
    try check(request.subject)
    guard dnsNames.contains(request.dnsNames.count), ipAddresses.contains(request.ipAddresses.count),
      request.dnsNames.count + request.ipAddresses.count >= leastNames
    else { throw .namesNotOfProfile }
    guard request.dnsNames.allSatisfy({ $0.isHostName(under: dnsSuffixes) }) else { throw .nameOfAnotherDomain }
  }

  private func check(_ subject: Subject) throws(ProfileRefusal) {
    let attributes = subject.attributes
    guard requiredSubject.isSubset(of: attributes),
      attributes.isSubset(of: requiredSubject.union(optionalSubject))
    else { throw .subjectNotOfProfile }
    guard fixedSubject.allSatisfy({ subject[$0] == nil || subject[$0] == $1 }) else { throw .subjectOfAnother }
  }
}

extension String {
  /// Whether this is a host name or domain in lower case: letters, digits and hyphens in labels (RFC 1123 §2.1).
  public var isHostName: Bool { AlternativeNames.isHostName(self) }

  /// Whether this host name is one of these domains or under one; without domains, any is.
  public func isHostName(under domains: [String]) -> Bool {
    domains.isEmpty || domains.contains { self == $0 || hasSuffix("." + $0) }
  }
}

/// Why a request does not fit a profile.
public enum ProfileRefusal: String, Error, Equatable, CaseIterable, Sendable {
  /// A subject attribute is missing or one too many.
  case subjectNotOfProfile = "subject-not-of-profile"
  /// Too few or too many alternative names, or of another kind.
  case namesNotOfProfile = "names-not-of-profile"

  /// A subject attribute has another value than the profile's only one.
  case subjectOfAnother = "subject-of-another"
  /// A DNS name under none of the profile's domains.
  case nameOfAnotherDomain = "name-of-another-domain"

  /// One sentence for people.
  public var sentence: String {
    switch self {
    case .subjectNotOfProfile: "The subject lacks an attribute that the profile requires, or has one it does not allow."
    case .namesNotOfProfile: "The profile does not allow this number or kind of alternative names."
    case .subjectOfAnother: "An attribute of the subject has another value than the only one that is allowed."
    case .nameOfAnotherDomain: "A DNS name is under none of the domains that are allowed."
    }
  }
}

extension CertificateProfile {
  private static let day: TimeInterval = 86_400

  /// A device's identity (802.1AR): O, serialNumber and CN, a TLS client.
  ///
  /// It carries its chain, so it has no pointer to its issuer's certificate.
  public static let device: CertificateProfile = {
    var profile = CertificateProfile(
      name: "device", usages: [.clientAuth], requiredSubject: [.serialNumber, .commonName],
      optionalSubject: [.organization], dnsNames: 0...4, lifetime: 365 * day)
    profile.pointers = [.crl, .ocsp]
    return profile
  }()

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

  /// A network's sub-CA: it signs certificates and CRLs, and certifies TLS clients only. A request chooses its network's name
  /// and its own.
  public static let delegatedAuthority: CertificateProfile = {
    var profile = CertificateProfile(
      name: "sub-ca", usages: [.clientAuth], requiredSubject: [.commonName], optionalSubject: [.organization],
      lifetime: 5 * 365 * day)
    profile.keyUsage = KeyUsage(keyCertSign: true, cRLSign: true)
    // Its issuer is an anchor, which who checks it has, and which answers no OCSP.
    profile.pointers = [.crl]
    return profile
  }()

  /// The signer of a CA's CMC answers: id-kp-cmcCA and nothing else.
  public static let responder = CertificateProfile(
    name: "responder", usages: [.init(oid: OID.cmcCA)], requiredSubject: [.commonName], lifetime: 365 * day)

  /// The signer of an issuer's OCSP answers: id-kp-OCSPSigning, not to be asked about itself (RFC 6960 §4.2.2.2.1), and
  /// short-lived therefore.
  public static let ocspResponder: CertificateProfile = {
    var profile = CertificateProfile(
      name: "ocsp", usages: [.ocspSigning], requiredSubject: [.commonName], lifetime: 30 * day)
    profile.isUnchecked = true
    profile.pointers = [.issuer]
    return profile
  }()
}
