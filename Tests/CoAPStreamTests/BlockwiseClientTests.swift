import CoAP
import CoAPStream
import Testing

@Suite("Block-wise transfers, RFC 7959")
struct BlockwiseClientTests {
  private func body(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) } }

  @Test("A body arrives whole and comes back whole, at any sizes", arguments: [0, 1, 16, 17, 500, 1024, 1025, 3000])
  func bothWays(count: Int) async throws {
    for exponent in UInt8(0)...6 {
      var server = SlicingServer(takenExponent: exponent, servedExponent: 6 - exponent)
      var client = BlockwiseClient()
      client.sizeExponent = 4
      client.requestTag = [1]
      let put = try await client.perform(.request(.put, "crt", payload: body(count))) { server.answer($0) }
      #expect(put.code == .changed && server.body == body(count))
      let get = try await client.perform(.request(.get, "crt")) { server.answer($0) }
      #expect(get.payload == body(count) && get.block2 == nil)
    }
  }

  @Test("A server that lost the transfer (4.08) gets it anew, but not for ever")
  func restart() async throws {
    var server = SlicingServer(takenExponent: 2)
    server.fault = { number, server in
      if number == 3 { server.receiver.reset() }
      return nil
    }
    var client = BlockwiseClient()
    client.sizeExponent = 2
    let answer = try await client.perform(.request(.put, "crt", payload: body(300))) { server.answer($0) }
    #expect(answer.code == .changed && server.body == body(300))

    server.fault = { number, _ in number % 2 == 0 ? CoAPMessage(code: .requestEntityIncomplete) : nil }
    server.requests = 0
    let refused = try await client.perform(.request(.put, "crt", payload: body(300))) { server.answer($0) }
    #expect(refused.code == .requestEntityIncomplete && server.requests == 6)
  }

  @Test("A server that wants smaller blocks gets them")
  func smaller() async throws {
    var server = SlicingServer(takenExponent: 1)
    server.fault = { number, _ in
      guard number == 1 else { return nil }
      var answer = CoAPMessage(code: .requestEntityTooLarge)
      answer.block1 = Block(number: 0, more: true, sizeExponent: 1)
      return answer
    }
    let client = BlockwiseClient()
    let answer = try await client.perform(.request(.put, "crt", payload: body(2000))) { server.answer($0) }
    #expect(answer.code == .changed && server.body == body(2000))
  }

  @Test("A final error in the middle is the answer")
  func refusal() async throws {
    var server = SlicingServer(limitBytes: 1500)
    let answer = try await BlockwiseClient().perform(.request(.put, "crt", payload: body(2000))) { server.answer($0) }
    #expect(answer.code == .requestEntityTooLarge && answer.uint(.size1) == 1500)
  }

  @Test("A body that changes while it is fetched is fetched anew, but not for ever")
  func changing() async throws {
    var server = SlicingServer(servedExponent: 2)
    server.body = body(300)
    server.fault = { number, server in
      if number == 3 { server.entityTag += 1 }
      return nil
    }
    let answer = try await BlockwiseClient().perform(.request(.get, "crt")) { server.answer($0) }
    #expect(answer.payload == body(300))
    server.fault = { _, server in
      server.entityTag += 1
      return nil
    }
    await #expect(throws: CoAPConnectionError.blockTransfer(.changing)) {
      try await BlockwiseClient().perform(.request(.get, "crt")) { server.answer($0) }
    }
  }

  @Test("An answer beyond the limit, or whose blocks do not continue, is refused")
  func badAnswers() async throws {
    var server = SlicingServer(servedExponent: 2)
    server.body = body(300)
    var client = BlockwiseClient()
    client.limitBytes = 299
    await #expect(throws: CoAPConnectionError.blockTransfer(.tooLarge)) {
      try await client.perform(.request(.get, "crt")) { server.answer($0) }
    }
    server.fault = { number, server in
      guard number > 1 else { return nil }
      var answer = CoAPMessage(code: .content, payload: [UInt8](repeating: 0, count: 64))
      answer.block2 = Block(number: 0, more: true, sizeExponent: 2)
      answer.add(.eTag, uint: server.entityTag)
      return answer
    }
    server.requests = 0
    let result = await Result { try await BlockwiseClient().perform(.request(.get, "crt")) { server.answer($0) } }
    #expect(throws: CoAPConnectionError.blockTransfer(.malformed)) { try result.get() }
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
