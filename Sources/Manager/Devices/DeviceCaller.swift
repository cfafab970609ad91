import CoAP
import CoAPStream
import Edge
import PKI
import SwiftASN1
import X509

/// Calls devices over their gateways, as docs/spec/device.md has it.
struct DeviceCaller: DeviceCalling {
  let transport: any DeviceTransport
  let policy: EnrolmentPolicy
  /// How long one request may take: a small device makes a key, or checks three signatures, in up to twenty seconds.
  var timeout: Duration = .seconds(60)

  /// What a block's message holds besides the block: header, token, path, content format, Block1, Echo, and what protecting
  /// it adds.
  private static let frameOverhead = 68

  func callForRequest(_ device: Device) async -> RequestAnswer {
    let payload = DeviceRequests.csr(
      network: policy.network, suffix: policy.dnsName(of: device.id) == nil ? nil : policy.nameSuffix)
    let message = CoAPMessage.request(.post, "csr", contentFormat: .cbor, payload: payload)
    do {
      let answer = try await transport.request(message, to: device, timeout: timeout)
      if answer.code == .changed, answer.contentFormat == .pkcs10 { return .request(answer.payload) }
      if answer.code == .conflict {
        return .refused("It was provisioned for another network than '\(policy.network)'.")
      }
      return answer.isOfTheWay ? .unreachable(answer.complaint) : .refused(answer.complaint)
    } catch {
      return .unreachable(error.reason)
    }
  }

  func deliver(_ certificate: CertificateRecord, to device: Device) async -> DeliveryAnswer {
    do {
      let body = try CertificateBundle.encode(
        try ([certificate.der] + certificate.chain).map { try Certificate(derEncoded: $0) })
      let answer = try await transfer(body, to: device)
      if answer.code == .changed { return .accepted }
      return answer.isOfTheWay ? .unreachable(answer.complaint) : .refused(answer.complaint)
    } catch let error as ManagerError {
      return .unreachable(error.reason)
    } catch {
      return .refused("The certificate cannot be packed for the device: \(error).")
    }
  }

  /// Has the device erase its identity and its network (`POST /reset`).
  ///
  /// - Throws: ``ManagerError``: `unreachable`, or `refused` when the device says no.
  func reset(_ device: Device) async throws(ManagerError) {
    let answer = try await transport.request(.request(.post, "reset"), to: device, timeout: timeout)
    guard answer.code != .changed else { return }
    guard !answer.isOfTheWay else { throw ManagerError(.unreachable, "The device did not reset: \(answer.complaint).") }
    throw ManagerError(.refused, "The device did not reset: \(answer.complaint).")
  }

  /// Sends the body whole if it fits the device's message, else in blocks as large as it takes (RFC 7959 §2.5). No Request-Tag: a device has one transfer
  /// at a time, and block 0 starts it anew.
  private func transfer(_ body: [UInt8], to device: Device) async throws -> CoAPMessage {
    var client = BlockwiseClient()
    let room = (device.claim?.maximumMessageBytes ?? 0) - Self.frameOverhead
    client.sizeExponent = Block.sizeExponent(fitting: room)
    client.wholeBodyBytes = room
    client.limitBytes = 1024
    let message = CoAPMessage.request(.put, "crt", contentFormat: .certsOnly, payload: body)
    do {
      return try await client.perform(message) { try await transport.request($0, to: device, timeout: timeout) }
    } catch is CoAPConnectionError {
      throw ManagerError(.unreachable, "The device lost track of the transfer.")
    }
  }
}

extension CoAPMessage {
  /// Whether an error says that the message did not get through, or not at the right time: the gateway's 4.04, 5.03, 5.04,
  /// and an interrupted transfer.
  fileprivate var isOfTheWay: Bool {
    code == .notFound || code == .requestEntityIncomplete || code.codeClass == 5
  }

  /// An error for people: the code, and the reason if there is one.
  fileprivate var complaint: String {
    let number = code.text
    if contentFormat == .cbor, let refusal = DeviceRefusal(payload) {
      return "\(refusal.name) (reason \(refusal.number), \(number))"
    }
    let words = String(decoding: payload.prefix(120), as: UTF8.self).shown()
    return payload.isEmpty || contentFormat != nil ? "answered \(number)" : "answered \(number): \(words)"
  }
}
