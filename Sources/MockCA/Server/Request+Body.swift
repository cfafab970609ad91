import Edge
import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore
import PKI

extension Request {
  /// Reads a base64 body: any wrapping, chunked or not, within limit and deadline.
  ///
  /// - Throws: ``Refusal``: `message(.messageTooLong)`, `bodyBroken`, `bodyTooSlow`, `bodyNotBase64`.
  func base64Body(_ limits: MockCAConfiguration.Limits) async throws(Refusal) -> [UInt8] {
    let read = try await body(upTo: limits.bodyBytes, deadline: limits.bodyDeadline)
    let text = read.filter { ![0x0A, 0x0D, 0x20, 0x09].contains($0) }
    guard let bytes = Data(base64Encoded: Data(text)) else { throw .bodyNotBase64 }
    return Array(bytes)
  }

  /// Reads the body within a limit and a deadline.
  ///
  /// The server's idle timeout does not bound a body that trickles, so that the whole of it has a deadline here.
  ///
  /// - Throws: ``Refusal``: `message(.messageTooLong)`, `bodyBroken`, `bodyTooSlow`.
  func body(upTo limit: Int, deadline: Duration) async throws(Refusal) -> [UInt8] {
    do {
      return Array(
        buffer: try await withDeadline(deadline) { [body = self.body] in try await body.collect(upTo: limit) })
    } catch is NIOTooManyBytesError {
      throw .message(.messageTooLong)
    } catch let error as HTTPError where error.status == .contentTooLarge {
      throw .message(.messageTooLong)
    } catch is DeadlineExceeded {
      throw .bodyTooSlow
    } catch {
      throw .bodyBroken
    }
  }

  /// Whether the body says it is of this media type, whatever its parameters.
  func isBody(_ type: String) -> Bool {
    let value = headers[.contentType] ?? ""
    return value.split(separator: ";").first?.trimmingCharacters(in: .whitespaces).lowercased() == type
  }

  /// The password of Basic credentials (RFC 7617). The user's name says nothing that the code does not.
  var oneTimeCode: OneTimeCode? {
    guard let value = headers[.authorization] else { return nil }
    let parts = value.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "basic", let bytes = Data(base64Encoded: String(parts[1]))
    else { return nil }
    let credentials = String(decoding: bytes, as: UTF8.self).split(separator: ":", maxSplits: 1)
    guard credentials.count == 2, !credentials[0].isEmpty else { return nil }
    return OneTimeCode(String(credentials[1]))
  }
}
