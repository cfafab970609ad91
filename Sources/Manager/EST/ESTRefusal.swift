import EST

/// Why a request over EST is turned away: always the client's to mend, or to try later.
struct ESTRefusal: Error, Sendable, Equatable {
  /// 4xx, or 503 for what passes.
  let status: Int
  /// Stable, in answers and in the audit trail.
  let name: String
  /// For people.
  let sentence: String
  var retryAfter: Int?

  init(_ status: Int, _ name: String, _ sentence: String, retryAfter: Int? = nil) {
    self.status = status
    self.name = name
    self.sentence = sentence
    self.retryAfter = retryAfter
  }

  init(_ refusal: RequestRefusal) { self.init(400, refusal.reason, refusal.sentence) }

  init(_ fault: ESTBodyFault) {
    switch fault {
    case .tooLong: self.init(413, fault.rawValue, "The body is longer than any certification request.")
    case .broken: self.init(400, fault.rawValue, "The body ended before it was whole.")
    case .tooSlow: self.init(408, fault.rawValue, "The body did not arrive in time.")
    case .notBase64: self.init(400, fault.rawValue, "The body is not base64.")
    }
  }

  /// What the store or the CA's connector refused: for the device it is final, or somebody was faster.
  init(_ error: ManagerError) {
    switch error.code {
    case .conflict, .alreadyExists, .forbidden, .notFound: self.init(403, "state-forbids", error.reason)
    case .invalid: self.init(400, "request-wrong", error.reason)
    case .overloaded: self.init(429, "too-many", error.reason, retryAfter: 60)
    case .refused, .protocolViolation, .unreachable, .configuration, .unreadableFile, .cannotWrite, .databaseTooNew,
      .database:
      self.init(503, "manager-trouble", "The manager cannot do it now.", retryAfter: 30)
    }
  }

  static let codeMissing = ESTRefusal(
    401, "code-missing", "A one-time code is required, as the password of HTTP Basic.")
  static let codeUnknown = ESTRefusal(401, "code-unknown", "The one-time code is unknown here.")
  static let codeUsed = ESTRefusal(401, "code-used", "The one-time code was used for another request.")
  static let codeExpired = ESTRefusal(401, "code-expired", "The one-time code has expired.")
  static let profileUnknown = ESTRefusal(404, "profile-unknown", "There is no such enrolment profile.")
  static let profileOfAnother = ESTRefusal(403, "profile-of-another", "The device enrols by another profile.")
  static let wayNotAllowed = ESTRefusal(403, "way-not-allowed", "The profile does not let anybody enrol in this way.")
  static let contentType = ESTRefusal(415, "content-type", "The body is no application/pkcs10.")
  static let keyOfAnother = ESTRefusal(403, "key-of-another", "The key is another device's.")
  static let keyRevoked = ESTRefusal(403, "key-revoked", "A certificate for this key was revoked.")
  static let certificateRequired = ESTRefusal(
    403, "certificate-required", "Who re-enrols shows the certificate that this manager ordered for it.")
  static let certificateRevoked = ESTRefusal(403, "certificate-revoked", "The certificate shown is revoked.")
  static let certificateSuperseded = ESTRefusal(
    403, "certificate-superseded", "The device has shown a newer certificate than this one.")
  static let certificateEnded = ESTRefusal(
    403, "certificate-ended", "The certificate has ended, for longer than the profile allows.")
  static let subjectOfAnother = ESTRefusal(
    400, "subject-of-another-certificate", "The request's subject or names are not those of the certificate shown.")
  static let keyNotApproved = ESTRefusal(
    403, "key-not-approved", "The device is known with another key than the request's.")
  static let notOverEST = ESTRefusal(403, "device-on-a-line", "The device enrols over its line, and not over EST.")

  static func blocked(_ state: DeviceState) -> ESTRefusal {
    ESTRefusal(403, "device-\(state.rawValue)", "The device is \(state.rawValue).")
  }
}

/// What EST's simple enrolment comes to.
enum ESTOutcome: Sendable {
  case issued(CertificateRecord)
  /// 202: the same request again after so many seconds.
  case later(seconds: Int)
}
