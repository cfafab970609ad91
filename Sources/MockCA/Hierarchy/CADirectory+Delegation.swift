import Foundation
import PKI
import X509

/// What a sub-CA is made of.
struct Delegation: Sendable {
  /// The PKCS#10 of who gets it.
  let request: CertificationRequest
  /// Where the names of its devices have to be.
  let domain: String
  /// How long it is valid, in days.
  let days: Int

  private static let profile = CertificateProfile.delegatedAuthority

  /// Checks what can be checked without the CA.
  ///
  /// - Throws: ``MockCAError`` with code `argument`.
  init(request: [UInt8], domain: String, days: Int) throws(MockCAError) {
    guard domain.isHostName else {
      throw MockCAError(.argument, "'\(domain)' is no domain in lower case, such as 'plant.example'.")
    }
    guard (1...3650).contains(days) else { throw MockCAError(.argument, "A sub-CA is valid for 1 to 3650 days.") }
    do {
      self.request = try CertificationRequest(request)
      try Self.profile.check(self.request)
    } catch let refusal as CertificationRequestRefusal {
      throw MockCAError(.argument, "The request is refused (\(refusal.rawValue)): \(refusal.sentence)")
    } catch let refusal as ProfileRefusal {
      throw MockCAError(.argument, "The request is refused (\(refusal.rawValue)): \(refusal.sentence)")
    } catch {
      throw MockCAError(.argument, "The request cannot be read: \(error)")
    }
    self.domain = domain
    self.days = days
  }

  /// The certificate of a reserved serial number, signed with the anchor's key or, to look at it first, with any other.
  ///
  /// A tag of the serial number in the name keeps apart what one manager gets one after another: issuer and serial number must
  /// name one certificate only.
  func certificate(
    _ order: Order, anchor: Certificate, pointers: IssuerPointers, signedBy key: SigningKey
  ) throws -> Certificate {
    let name = "TEST \(request.subject.commonName ?? "") \(order.serial.suffix(3).hexadecimal)"
    return try AuthorityCertificate.delegated(
      name: Subject(organization: request.subject.organization, commonName: name).name, publicKey: request.publicKey,
      domain: domain, anchor: anchor, anchorKey: key, notBefore: order.notBefore,
      lifetime: TimeInterval(days) * 86_400, pointers: pointers,
      serialNumber: Certificate.SerialNumber(bytes: order.serial))
  }
}

extension CADirectory {
  /// Makes a sub-CA's certificate under the anchor, whose key must be here.
  ///
  /// In the order of steps of ``Issuer``: the serial number is on record before anything has it, the certificate is made with a
  /// throw-away key and checked, and only what was checked and recorded is signed.
  func delegate(_ delegation: Delegation, now: Date) async throws -> Certificate {
    let settings = try readSettings()
    guard let anchor = try Certificate.readPEM(anchorFile).first else { throw damaged([anchorFile]) }
    guard let anchorKey = anchorKey() else {
      throw MockCAError(
        .anchorOffline, "The anchor's key is not here, so it cannot make a sub-CA.",
        remedy: "Put anchor.key back into the directory for as long as it takes.")
    }
    let profile = CertificateProfile.delegatedAuthority
    let pointers = settings.pointers(of: 0)
    do {
      return try await MockCA.withStore(path) { store in
        let order = try await store.takeOwn(
          IncomingOrder(
            profile: profile, issuer: 0, authority: [], transaction: TransactionID.random().bytes,
            request: delegation.request),
          serial: Array(Certificate.SerialNumber.random().bytes), now: now)
        let draft = try delegation.certificate(order, anchor: anchor, pointers: pointers, signedBy: SigningKey())
        let findings = try CertificateLint.findings(
          draft, profile: profile, issuer: anchor, pointers: pointers, domain: delegation.domain)
        guard findings.isEmpty else {
          throw MockCAError(.argument, "The sub-CA's certificate would be wrong: \(findings.joined(separator: "; ")).")
        }
        try await store.setTBS(Array(draft.tbsCertificateBytes), serial: order.serial)
        let signed = try await anchorKey.signing {
          try delegation.certificate(order, anchor: anchor, pointers: pointers, signedBy: anchorKey)
        }
        guard signed.tbsCertificateBytes == draft.tbsCertificateBytes else { throw Refusal.certificateDiffers }
        let context = AuditContext(profile: profile.name, subject: String(describing: signed.subject))
        let recorded = try await store.setCertificate(
          signed.der, of: order, notAfter: signed.notValidAfter, context: context, now: now)
        return try Certificate(der: recorded)
      }
    } catch let refusal as Refusal {
      throw MockCAError(.argument, "The sub-CA is refused (\(refusal.name)): \(refusal.sentence)")
    } catch let refusal as CertificationRequestRefusal {
      throw MockCAError(.argument, "The sub-CA's name is refused (\(refusal.rawValue)): \(refusal.sentence)")
    }
  }
}
