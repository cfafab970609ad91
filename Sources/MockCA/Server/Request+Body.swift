import EST
import Hummingbird
import PKI

extension Request {
  /// Reads a base64 body within the CA's limits.
  ///
  /// - Throws: ``Refusal``: `message(.messageTooLong)`, `bodyBroken`, `bodyTooSlow`, `bodyNotBase64`.
  func base64Body(_ limits: MockCAConfiguration.Limits) async throws(Refusal) -> [UInt8] {
    do {
      return try await estBody(upTo: limits.bodyBytes, deadline: limits.bodyDeadline)
    } catch {
      throw Refusal(error)
    }
  }

  /// Reads the body within a limit and a deadline.
  ///
  /// - Throws: ``Refusal``: `message(.messageTooLong)`, `bodyBroken`, `bodyTooSlow`.
  func readBody(upTo limit: Int, deadline: Duration) async throws(Refusal) -> [UInt8] {
    do {
      return try await body(upTo: limit, deadline: deadline)
    } catch {
      throw Refusal(error)
    }
  }
}

extension Refusal {
  fileprivate init(_ fault: ESTBodyFault) {
    self =
      switch fault {
      case .tooLong: .message(.messageTooLong)
      case .broken: .bodyBroken
      case .tooSlow: .bodyTooSlow
      case .notBase64: .bodyNotBase64
      }
  }
}
