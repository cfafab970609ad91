import PKI

/// What a device's certificate signing request must be, beyond what makes any request a good one: it asks for this device's
/// names and no others.
struct RequestRule {
  let policy: EnrolmentPolicy
  let device: DeviceID

  /// - Throws: ``RequestRefusal`` with the one rule that it breaks first.
  func check(_ bytes: [UInt8]) throws(RequestRefusal) -> CertificationRequest {
    let request: CertificationRequest
    do {
      request = try CertificationRequest(bytes)
    } catch {
      throw RequestRefusal(reason: error.rawValue, sentence: error.sentence)
    }
    guard request.subject.attributes == [.organization, .serialNumber, .commonName] else {
      throw RequestRefusal(
        reason: "subject-not-of-profile", sentence: "The subject is not O, serialNumber and CN alone.")
    }
    guard request.subject.organization == policy.network else {
      throw RequestRefusal(
        reason: "network-wrong", sentence: "The subject's O is not this network's name, '\(policy.network)'.")
    }
    guard request.subject.serialNumber == device.text, request.subject.commonName == device.text else {
      throw RequestRefusal(
        reason: "serial-number-wrong", sentence: "The subject's serialNumber or CN is not '\(device)'.")
    }
    guard request.ipAddresses.isEmpty, request.dnsNames == policy.dnsName(of: device).map({ [$0] }) ?? [] else {
      throw RequestRefusal(
        reason: "names-not-allowed", sentence: "The request asks for other alternative names than the device may have.")
    }
    return request
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
