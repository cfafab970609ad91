import Foundation
public import Hummingbird
import HummingbirdCore
public import NIOCore

extension Response {
  /// A body in base64 on one line: real clients read no other.
  public static func est(_ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = type
    // RFC 7030 §4 has it in every answer, although HTTP has no use for it.
    if let name = HTTPFields.Element.Name("Content-Transfer-Encoding") { headers[name] = "base64" }
    return Response(
      status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: Data(bytes).base64EncodedString())))
  }

  /// Closes the connection behind the answer, since the request's body was not read to its end: the server would wait for the rest.
  public func closing(_ channel: any Channel) -> Response {
    var response = self
    response.headers[.connection] = "close"
    let body = response.body
    response.body = ResponseBody(contentLength: body.contentLength) { writer in
      try await body.write(writer)
      channel.close(promise: nil)
    }
    return response
  }
}
