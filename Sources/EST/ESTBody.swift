import Edge
import Foundation
public import Hummingbird
import HummingbirdCore
import NIOCore
public import PKI

/// Why the body of an EST request was not read.
public enum ESTBodyFault: String, Error, Sendable, CaseIterable {
  /// Longer than the server takes.
  case tooLong = "body-too-long"
  /// It ended before it was whole.
  case broken = "body-broken"
  /// It did not arrive in time.
  case tooSlow = "body-too-slow"
  /// It is not base64.
  case notBase64 = "body-not-base64"
}

extension Request {
  /// Reads a base64 body (RFC 8951 §3.1): any wrapping, chunked or not, within limit and deadline.
  ///
  /// - Parameters:
  ///   - limit: the most bytes, in base64.
  ///   - deadline: within which the whole of it must be there: a server's idle timeout does not bound a body that trickles.
  public func estBody(upTo limit: Int, deadline: Duration) async throws(ESTBodyFault) -> [UInt8] {
    let read = try await body(upTo: limit, deadline: deadline)
    let text = read.filter { ![0x0A, 0x0D, 0x20, 0x09].contains($0) }
    guard let bytes = Data(base64Encoded: Data(text)) else { throw .notBase64 }
    return Array(bytes)
  }

  /// Reads the body as it is, within a limit and a deadline.
  public func body(upTo limit: Int, deadline: Duration) async throws(ESTBodyFault) -> [UInt8] {
    do {
      return Array(
        buffer: try await withDeadline(deadline) { [body = self.body] in try await body.collect(upTo: limit) })
    } catch is NIOTooManyBytesError {
      throw .tooLong
    } catch let error as HTTPError where error.status == .contentTooLarge {
      throw .tooLong
    } catch is DeadlineExceeded {
      throw .tooSlow
    } catch {
      throw .broken
    }
  }

  /// Whether the body says it is of this media type, whatever its parameters.
  public func isBody(_ type: String) -> Bool {
    let value = headers[.contentType] ?? ""
    return value.split(separator: ";").first?.trimmingCharacters(in: .whitespaces).lowercased() == type
  }

  /// The password of Basic credentials (RFC 7617). The user's name says nothing that the code does not.
  public var oneTimeCode: OneTimeCode? {
    guard let value = headers[.authorization] else { return nil }
    let parts = value.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "basic", let bytes = Data(base64Encoded: String(parts[1]))
    else { return nil }
    let credentials = String(decoding: bytes, as: UTF8.self).split(separator: ":", maxSplits: 1)
    guard credentials.count == 2, !credentials[0].isEmpty else { return nil }
    return OneTimeCode(String(credentials[1]))
  }
}
