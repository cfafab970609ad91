import Foundation
import PKI

extension EnrolmentProfile {
  /// Checks a request against this profile.
  ///
  /// - Parameters:
  ///   - bytes: the PKCS#10 in DER.
  ///   - device: whose it is; nil to take the id from the request's serialNumber.
  ///   - policy: the network's names.
  /// - Throws: ``RequestRefusal`` with the one rule that it breaks first.
  func check(
    _ bytes: [UInt8], device known: DeviceID? = nil, policy: EnrolmentPolicy
  ) throws(RequestRefusal) -> (request: CertificationRequest, device: DeviceID) {
    let request: CertificationRequest
    do {
      request = try CertificationRequest(bytes, overriding: overridden)
    } catch {
      throw RequestRefusal(reason: error.rawValue, sentence: error.sentence)
    }
    let device = try checkSubject(request.subject, known, network: organization ?? policy.network)
    try checkNames(request, of: device, policy)
    return (request, device)
  }

  private func checkSubject(
    _ subject: Subject, _ known: DeviceID?, network: String
  ) throws(RequestRefusal) -> DeviceID {
    guard subject.attributes == [.organization, .serialNumber, .commonName] else {
      throw RequestRefusal(
        reason: "subject-not-of-profile", sentence: "The subject is not O, serialNumber and CN alone.")
    }
    guard subject.organization == network else {
      throw RequestRefusal(
        reason: "network-wrong", sentence: "The subject's O is not this network's name, '\(network)'.")
    }
    let device: DeviceID
    if let known {
      device = known
    } else {
      do {
        device = try DeviceID(subject.serialNumber ?? "")
      } catch {
        throw RequestRefusal(reason: "serial-number-wrong", sentence: "The subject's serialNumber is no device id.")
      }
    }
    guard subject.serialNumber == device.text, commonName == .free || subject.commonName == device.text else {
      throw RequestRefusal(
        reason: "serial-number-wrong", sentence: "The subject's serialNumber or CN is not '\(device)'.")
    }
    return device
  }

  private func checkNames(
    _ request: CertificationRequest, of device: DeviceID, _ policy: EnrolmentPolicy
  ) throws(RequestRefusal) {
    let own = ownName == .none ? nil : policy.dnsName(of: device)
    let further = request.dnsNames.filter { $0 != own }
    let hasOwn = request.dnsNames.count - further.count
    guard hasOwn <= 1, own == nil || ownName == .optional || hasOwn == 1, further.count <= furtherNames,
      further.allSatisfy({ $0.isHostName(under: domains) }), request.ipAddresses.count <= addresses
    else {
      throw RequestRefusal(
        reason: "names-not-allowed", sentence: "The request asks for other alternative names than the device may have.")
    }
  }
}
