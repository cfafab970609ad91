import Foundation
import GRDB
import PKI
import X509

extension Registrar {
  /// Enrols by a one-time code (RFC 7030 §4.2): a registration authority, or a client that is to have one certificate.
  ///
  /// - Parameters:
  ///   - bytes: its PKCS#10.
  ///   - code: what it gave as a code; nil when there was nothing that could be one.
  ///   - label: the profile in the path, which must be the code's; nil for the code's.
  func handleEnrolment(
    _ bytes: [UInt8], code: OneTimeCode?, label: String? = "ra"
  ) async -> Result<Certificate, Refusal> {
    var context = AuditContext(profile: label)
    guard let code else { return .failure(await refuse(.codeMissing, context)) }
    do {
      // A code that does not exist is refused where all that is wrong with codes is.
      let name = try await store.profile(of: code) ?? label ?? CertificateProfile.registrationAuthority.name
      context.profile = name
      guard label ?? name == name, let profile = authority.settings.profiles[name] else {
        return .failure(await refuse(.codeUnknown, context))
      }
      // The code is the transaction: the same request again is the same order.
      let incoming = incoming(bytes, profile: profile, authority: [], transaction: code.digest)
      context.subject = (try? incoming.get()).map { String(describing: $0.request.subject) }
      let taken = try await store.take(
        incoming, requestDigest: bytes.sha256, code: code, serial: Array(Certificate.SerialNumber.random().bytes),
        context: context, now: now())
      return .success(try await issue(taken, for: incoming, context: context))
    } catch let refusal as Refusal {
      return .failure(refusal)
    } catch {
      return .failure(.storeFailed)
    }
  }

  /// Renews or rekeys the certificate that a client shows (RFC 7030 §4.2.2), which it enrolled for itself. What a registration
  /// authority ordered is for that authority to renew.
  ///
  /// - Parameters:
  ///   - bytes: its PKCS#10, for the same subject and names.
  ///   - shown: the certificate of its TLS connection.
  ///   - label: the profile in the path, which must be the certificate's; nil for that.
  func handleReenrolment(
    _ bytes: [UInt8], shown: Certificate?, label: String?
  ) async -> Result<Certificate, Refusal> {
    var context = AuditContext(profile: label)
    let incoming: Result<IncomingOrder, Refusal>
    let reserved: Order
    do throws(Refusal) {
      let (order, profile) = try await standing(shown, label: label)
      context.profile = order.profile
      // The same request for the same certificate is the same order, also after an answer that was lost.
      incoming = self.incoming(
        bytes, profile: profile, authority: [], transaction: (order.serial + bytes.sha256).sha256
      ).flatMap { incoming in
        Self.renews(order, by: incoming) ? .success(incoming) : .failure(.subjectOfAnotherCertificate)
      }
      context.subject = (try? incoming.get()).map { String(describing: $0.request.subject) }
      reserved = try await reserve(incoming, renewing: order)
    } catch {
      guard case .storeFailed = error else { return .failure(await refuse(error, context)) }
      return .failure(error)
    }
    do throws(Refusal) {
      return .success(try await issue(.success(reserved), for: incoming, context: context))
    } catch {
      // It has its row in the audit table.
      return .failure(error)
    }
  }

  private func reserve(
    _ incoming: Result<IncomingOrder, Refusal>, renewing shown: Order
  ) async throws(Refusal) -> Order {
    let order = try incoming.get()
    let now = now()
    let serial = Array(Certificate.SerialNumber.random().bytes)
    do {
      return try await store.log.write { database in
        // Again, with nothing between this and the order: it may have been revoked since it was shown.
        guard try database.order(serial: shown.serial)?.revokedAt == nil else { throw Refusal.certificateRequired }
        return try database.findOrReserve(order, limits: AuthorityLimits(), serial: serial, now: now)
      }
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw .storeFailed
    }
  }

  /// The order of a certificate that may renew itself.
  private func standing(
    _ shown: Certificate?, label: String?
  ) async throws(Refusal) -> (Order, CASettings.IssuedProfile) {
    guard let shown, let der = try? shown.der else { throw .certificateRequired }
    let serial = Array(shown.serialNumber.bytes)
    let order: Order?
    do { order = try await store.reader.read { try $0.order(serial: serial) } } catch { throw .storeFailed }
    guard let order, order.certificate == der, order.authority.isEmpty, order.revokedAt == nil,
      order.profile != CertificateProfile.registrationAuthority.name, order.notAfter ?? .distantPast >= now(),
      label ?? order.profile == order.profile, let profile = authority.settings.profiles[order.profile]
    else { throw .certificateRequired }
    return (order, profile)
  }

  private static func renews(_ order: Order, by incoming: IncomingOrder) -> Bool {
    guard
      let before = try? CertificationRequest(order.request, overriding: Set(OverriddenExtension.allCases)),
      let subject = try? incoming.request.subject.derBytes
    else { return false }
    return subject == order.subject && Set(before.dnsNames) == Set(incoming.request.dnsNames)
      && Set(before.ipAddresses) == Set(incoming.request.ipAddresses)
  }
}
