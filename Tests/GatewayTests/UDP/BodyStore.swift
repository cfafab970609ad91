import CoAP
import CoAPStream

/// A resource that takes and serves its body in blocks.
struct BodyStore {
  private var receiver = BlockReceiver(largestExponent: 6, limitBytes: 10_000)
  private(set) var body: [UInt8]

  init(body: [UInt8] = []) {
    self.body = body
  }

  mutating func answer(_ request: CoAPMessage) -> CoAPMessage {
    request.code == .get ? served(request) : take(request)
  }

  private mutating func take(_ request: CoAPMessage) -> CoAPMessage {
    let outcome = receiver.receive(
      request.block1, tag: request.value(of: .requestTag).flatMap { Token($0.span) },
      payloadBytes: request.payload.count, announcedBytes: request.uint(.size1))
    var response = CoAPMessage(code: .continue)
    switch outcome {
    case .store(let offset, let reply):
      body = body[..<offset] + request.payload
      response.block1 = reply
    case .repeated(let reply): response.block1 = reply
    case .complete(let offset, _, let reply):
      body = body[..<offset] + request.payload
      response.code = .changed
      response.block1 = reply
    case .incomplete: response.code = .requestEntityIncomplete
    case .tooLarge: response.code = .requestEntityTooLarge
    case .malformed: response.code = .badRequest
    }
    return response
  }

  func served(_ request: CoAPMessage) -> CoAPMessage {
    guard let slice = try? BlockSlice(bodyBytes: body.count, asked: request.block2, largestExponent: 6) else {
      return .problem(.badRequest, "beyond the end")
    }
    var response = CoAPMessage(code: .content, payload: Array(body[slice.range]))
    response.block2 = slice.block
    response.add(.eTag, uint: 1)
    return response
  }
}
