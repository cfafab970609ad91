import PKI

/// Why a request got no certificate: one name per rule, the same in the CMC status, in the audit table and on standard output.
enum Refusal: Error, Equatable, Sendable {
  /// The CMC message itself.
  case message(CMCFault)
  /// The certification request inside.
  case request(CertificationRequestRefusal)
  /// What it asks for.
  case profile(ProfileRefusal)
  /// The body is not base64.
  case bodyNotBase64
  /// The connection broke before the body was whole.
  case bodyBroken
  /// The body took longer than its deadline.
  case bodyTooSlow
  /// The body has another content type.
  case contentType
  /// There is no such profile.
  case profileUnknown
  /// The signer is no registration authority of the key store.
  case authorityUnknown
  /// The registration authority's certificate is past its validity, or before it.
  case authorityExpired
  /// The registration authority was revoked.
  case authorityRevoked
  /// The registration authority is suspended by the CA's owner.
  case authoritySuspended
  /// The registration authority made as many orders today as it may.
  case quotaExhausted
  /// The registration authority may not order this profile.
  case profileNotOfAuthority
  /// The registration authority may not order this name.
  case nameNotOfAuthority
  /// The nonce was used before.
  case nonceReplayed
  /// The transaction was used for another request.
  case transactionReused
  /// The certificate of this order was revoked.
  case certificateRevoked
  /// The key is certified for another subject or purpose.
  case keyOfAnotherSubject
  /// The key's certificate was revoked.
  case keyRevoked
  /// The key is one of the CA's own.
  case keyOfAuthority
  /// A registration authority renews its own certificate only, under its own subject.
  case subjectNotOfAuthority
  /// Who re-enrols shows no certificate of this CA that may do so.
  case certificateRequired
  /// The request is for another subject or other names than the certificate that is to be renewed.
  case subjectOfAnotherCertificate
  /// No code, or none that could be one.
  case codeMissing
  /// No such one-time code.
  case codeUnknown
  /// The one-time code was not used in time.
  case codeExpired
  /// The one-time code was used for another request.
  case codeUsed
  /// The authority ordered no such certificate.
  case certificateUnknown
  /// The issuing CA that was to sign is no longer there.
  case issuerGone
  /// The issuing CA that was to sign is revoked.
  case issuerRevoked
  /// A key of the CA's cannot be used now: its token is gone, or refuses.
  case keyUnavailable
  /// The certificate would break a rule of its own profile.
  case lintFailed
  /// The certificate would differ from what was checked before.
  case certificateDiffers
  /// A fault was asked for.
  case faultRejected
  /// The database failed.
  case storeFailed

  /// Runs a step of the store: its own refusals pass, everything else is ``storeFailed``.
  static func wrap<Value>(_ body: () throws -> Value) throws(Refusal) -> Value {
    do {
      return try body()
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw .storeFailed
    }
  }
}

extension Refusal {
  /// The stable name.
  var name: String { properties.name }
  /// One sentence for people.
  var sentence: String { properties.sentence }
  /// The nearest of CMC's reasons.
  var failInfo: CMCFailInfo { properties.failInfo }
  /// The HTTP status.
  var status: Int { properties.status }

  private struct Properties {
    let name: String
    let sentence: String
    let failInfo: CMCFailInfo
    let status: Int

    init(_ name: String, _ sentence: String, _ failInfo: CMCFailInfo, _ status: Int) {
      (self.name, self.sentence, self.failInfo, self.status) = (name, sentence, failInfo, status)
    }
  }

  private var properties: Properties {
    switch self {
    case .message(let fault): Properties(fault.rawValue, fault.sentence, fault.failInfo, fault.status)
    case .request(let refusal): Properties(refusal.rawValue, refusal.sentence, refusal.failInfo, 400)
    case .profile(let refusal): Properties(refusal.rawValue, refusal.sentence, .badRequest, 400)
    case .bodyNotBase64: Properties("body-not-base64", "The body is not base64.", .badRequest, 400)
    case .bodyBroken: Properties("body-broken", "The body ended before it was whole.", .badRequest, 400)
    case .bodyTooSlow: Properties("body-too-slow", "The body did not arrive in time.", .badRequest, 408)
    case .contentType: Properties("content-type", "The body has another content type.", .badRequest, 415)
    case .profileUnknown: Properties("profile-unknown", "There is no such certificate profile.", .badRequest, 404)
    case .authorityUnknown:
      Properties("authority-unknown", "The signer is not a registration authority of this CA.", .badIdentity, 403)
    case .authorityExpired:
      Properties("authority-expired", "The registration authority's certificate is not valid now.", .badIdentity, 403)
    case .authorityRevoked:
      Properties("authority-revoked", "The registration authority's certificate is revoked.", .badIdentity, 403)
    // Both pass, and orders wait until they do.
    case .authoritySuspended:
      Properties("authority-suspended", "The registration authority is suspended by the CA's owner.", .tryLater, 403)
    case .quotaExhausted:
      Properties("quota-exhausted", "The registration authority has made its orders of today.", .tryLater, 429)
    case .profileNotOfAuthority:
      Properties(
        "profile-not-of-authority", "The registration authority may not order this profile.", .badRequest, 403)
    case .nameNotOfAuthority:
      Properties(
        "name-not-of-authority", "The registration authority may not order certificates of this name.", .badRequest, 403
      )
    case .nonceReplayed: Properties("nonce-replayed", "The nonce was used before.", .badRequest, 400)
    case .transactionReused:
      Properties("transaction-reused", "The transaction was used for another request.", .badRequest, 400)
    case .certificateRevoked:
      Properties("certificate-revoked", "The certificate of this order is revoked.", .badRequest, 400)
    case .keyOfAnotherSubject:
      Properties("key-of-another-subject", "The key is certified for another subject.", .noKeyReuse, 400)
    case .keyRevoked: Properties("key-revoked", "A certificate for this key was revoked.", .noKeyReuse, 400)
    case .keyOfAuthority: Properties("key-of-authority", "The key is the CA's own.", .noKeyReuse, 400)
    case .subjectNotOfAuthority:
      Properties(
        "subject-not-of-authority", "A registration authority renews under its own subject only.", .badRequest, 400)
    case .certificateRequired:
      Properties(
        "certificate-required", "Who re-enrols shows the live certificate that it enrolled for itself.", .badIdentity,
        403)
    case .subjectOfAnotherCertificate:
      Properties(
        "subject-of-another-certificate", "The request's subject or names are not those of the certificate shown.",
        .badRequest, 400)
    case .codeMissing: Properties("code-missing", "A one-time code is required.", .authenticationDataFailed, 401)
    case .codeUnknown: Properties("code-unknown", "The one-time code is unknown.", .authenticationDataFailed, 401)
    case .codeExpired: Properties("code-expired", "The one-time code has expired.", .authenticationDataFailed, 401)
    case .codeUsed: Properties("code-used", "The one-time code was used.", .authenticationDataFailed, 401)
    case .certificateUnknown:
      Properties(
        "certificate-unknown", "The registration authority ordered no such certificate.", .badCertificateID, 404)
    case .issuerGone:
      Properties("issuer-gone", "The issuing CA that was to sign is not there any more.", .internalCAError, 500)
    case .issuerRevoked:
      Properties("issuer-revoked", "The issuing CA that was to sign is revoked.", .internalCAError, 500)
    case .keyUnavailable:
      Properties("key-unavailable", "The CA cannot use its key now; try later.", .tryLater, 503)
    case .lintFailed:
      Properties("lint-failed", "The certificate would break a rule of its profile.", .internalCAError, 500)
    case .certificateDiffers:
      Properties("certificate-differs", "The certificate differs from what was checked.", .internalCAError, 500)
    case .faultRejected: Properties("fault-rejected", "This CA was told to refuse some orders.", .badRequest, 400)
    case .storeFailed: Properties("store-failed", "The CA cannot write its database; try later.", .tryLater, 503)
    }
  }

  /// One of each, for the tests that hold names and sentences apart.
  static let all: [Refusal] =
    CMCFault.allCases.map { .message($0) } + CertificationRequestRefusal.allCases.map { .request($0) }
    + ProfileRefusal.allCases.map { .profile($0) } + [
      .bodyNotBase64, .bodyBroken, .bodyTooSlow, .contentType, .profileUnknown, .authorityUnknown, .authorityExpired,
      .authorityRevoked, .authoritySuspended, .quotaExhausted, .profileNotOfAuthority, .nameNotOfAuthority,
      .nonceReplayed, .transactionReused, .certificateRevoked, .keyOfAnotherSubject, .keyRevoked,
      .keyOfAuthority, .subjectNotOfAuthority, .certificateRequired, .subjectOfAnotherCertificate, .codeMissing,
      .codeUnknown, .codeExpired, .codeUsed, .lintFailed,
      .certificateDiffers, .certificateUnknown, .issuerGone, .issuerRevoked, .keyUnavailable, .faultRejected,
      .storeFailed,
    ]
}

extension CMCFault {
  fileprivate var failInfo: CMCFailInfo {
    switch self {
    case .digestMismatch, .signatureInvalid: .badMessageCheck
    case .signerMismatch, .signerNotAuthorised: .badIdentity
    case .signingTimeOff: .badTime
    default: .badRequest
    }
  }

  fileprivate var status: Int {
    switch self {
    case .messageTooLong: 413
    case .signatureInvalid, .signerMismatch, .signerNotAuthorised: 403
    default: 400
    }
  }
}

extension CertificationRequestRefusal {
  fileprivate var failInfo: CMCFailInfo {
    switch self {
    case .keyNotP256, .keyInvalid, .keyWeak, .digestWeak, .signatureAlgorithm: .badAlgorithm
    case .possessionNotProven: .popFailed
    case .extensionNotAllowed, .authorityRequested: .unsupportedExtension
    default: .badRequest
    }
  }
}
