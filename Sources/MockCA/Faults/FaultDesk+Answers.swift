import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore

extension FaultDesk {
  /// How long an order that is never answered is held, at most.
  private static let patience = Duration.seconds(3_600)

  /// What comes before anything is done: waiting, and answers that need no order.
  ///
  /// - Returns: nil when the order is to be handled.
  func instead(of faults: [Fault.Kind]) async -> Response? {
    for fault in faults {
      switch fault {
      // Waiting is the fault that was asked for; a caller that goes away ends it.
      case .delay(let duration): try? await Task.sleep(for: duration)
      case .hang:
        try? await Task.sleep(for: Self.patience)
        return Response(status: .gatewayTimeout)
      case .status(let code): return Response(status: .init(code: code))
      case .later(let seconds): return Response(status: .accepted, headers: [.retryAfter: String(seconds)])
      default: continue
      }
    }
    return nil
  }

  /// What becomes of an answer on its way: cut off or blown up.
  func spoil(_ response: Response, text: String, _ faults: [Fault.Kind]) -> Response {
    var spoilt = text
    if faults.contains(.truncated) { spoilt = String(text.prefix(text.count / 2)) }
    if faults.contains(.oversized) {
      // What pads the base64 is taken up by more of it: a longer message, and not one that is malformed.
      let padding = spoilt.reversed().prefix { $0 == "=" }.count
      spoilt = spoilt.dropLast(padding) + String(repeating: "A", count: padding + (1 << 20))
    }
    guard spoilt != text else { return response }
    var headers = response.headers
    headers[.contentLength] = nil
    return Response(
      status: response.status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: spoilt)))
  }
}
