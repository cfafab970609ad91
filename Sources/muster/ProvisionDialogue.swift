import CoAP
import CoAPStream
import Gateway

/// What is said on a direct line to a device in factory state (docs/spec/device.md).
struct ProvisionDialogue {
  let line: DirectLine

  /// Asks the device who it is.
  func identity() async throws -> DeviceIdentity {
    let answer = try await line.request(.request(.get, "id"))
    guard answer.code == .content, let identity = DeviceIdentity(cbor: answer.payload) else {
      throw refused(answer, "does not say who it is", "It answers only in factory state: reset it first.")
    }
    return identity
  }

  /// Gives the device the root it pins, and its descriptor.
  func provision(root: [UInt8], descriptor: [UInt8]) async throws {
    let payload = try ProvisionRequest.cbor(root: root, descriptor: descriptor)
    let answer = try await line.request(.request(.post, "provision", contentFormat: .cbor, payload: payload))
    guard answer.code == .changed else {
      let reason = ProvisionRequest.refusalName(cbor: answer.payload).map { ": \($0)" } ?? ""
      throw refused(
        answer, "does not take the descriptor\(reason)", "docs/spec/trust.md, 'Refusal reasons', says what that means.")
    }
  }

  private func refused(_ answer: CoAPMessage, _ what: String, _ advice: String) -> GatewayError {
    let code = "\(answer.code.codeClass).\(answer.code.detail < 10 ? "0" : "")\(answer.code.detail)"
    return GatewayError(.refusedByDevice, "The device on \(line.specification) \(what) (\(code)).", advice: advice)
  }
}
