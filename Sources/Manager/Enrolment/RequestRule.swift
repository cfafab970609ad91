import PKI

/// What a device's certificate signing request must be, beyond what makes any request a good one: it asks for this device's
/// names and no others.
struct RequestRule {
  let policy: EnrolmentPolicy
  let device: DeviceID

  /// - Throws: ``RequestRefusal`` with the one rule that it breaks first.
  func check(_ bytes: [UInt8]) throws(RequestRefusal) -> CertificationRequest {
    try policy.enrolment.check(bytes, device: device, policy: policy).request
  }
}

/// Why a request is not ordered.
struct RequestRefusal: Error, Equatable {
  /// A stable name.
  let reason: String
  /// A sentence for people.
  let sentence: String

  var text: String { "\(reason): \(sentence)" }
}
