import CoAP
import CoAPStream

/// A resource that takes and serves its body in blocks, with faults on demand.
struct SlicingServer {
  var receiver: BlockReceiver
  var body: [UInt8] = []
  var servedExponent: UInt8
  var entityTag: UInt32 = 1
  var requests = 0
  /// Called with the number of the request; may answer instead of the resource.
  var fault: ((Int, inout SlicingServer) -> CoAPMessage?)?

  init(takenExponent: UInt8 = 6, servedExponent: UInt8 = 6, limitBytes: Int = 10_000) {
    self.receiver = BlockReceiver(largestExponent: takenExponent, limitBytes: limitBytes)
    self.servedExponent = servedExponent
  }

  mutating func answer(_ request: CoAPMessage) -> CoAPMessage {
    self.requests += 1
    if let fault = self.fault, let answer = fault(self.requests, &self) { return answer }
    return request.code == .get ? self.serve(request) : self.take(request)
  }

  private mutating func take(_ request: CoAPMessage) -> CoAPMessage {
    let outcome = self.receiver.receive(
      request.block1, tag: request.value(of: .requestTag).flatMap { Token($0.span) },
      payloadBytes: request.payload.count, announcedBytes: request.uint(.size1))
    var response = CoAPMessage(code: .changed)
    switch outcome {
    case .store(let offset, let reply):
      self.body = self.body[..<offset] + request.payload
      response = CoAPMessage(code: .continue)
      response.block1 = reply
    case .repeated(let reply):
      response = CoAPMessage(code: .continue)
      response.block1 = reply
    case .complete(let offset, _, let reply):
      self.body = self.body[..<offset] + request.payload
      response.block1 = reply
    case .incomplete: response.code = .requestEntityIncomplete
    case .tooLarge(let limit):
      response.code = .requestEntityTooLarge
      response.set(.size1, uint: UInt32(limit))
    case .malformed: response.code = .badRequest
    }
    return response
  }

  private func serve(_ request: CoAPMessage) -> CoAPMessage {
    guard
      let slice = try? BlockSlice(
        bodyBytes: self.body.count, asked: request.block2, largestExponent: self.servedExponent)
    else { return .problem(.badRequest, "beyond the end") }
    var response = CoAPMessage(code: .content, payload: Array(self.body[slice.range]))
    response.block2 = slice.block
    response.add(.eTag, uint: self.entityTag)
    return response
  }
}
