import CoAP
import CoAPStream
import DeviceBench
import Foundation
import PKI
import Synchronization

@testable import Manager

/// DeviceKit's own device on a gateway's line: no script, the code that runs on boards.
final class KitDevice: Sendable {
  let id: DeviceID
  private struct Board {
    let keys = SoftwareCryptography.KeyTable()
    let chip = MemoryFlash.Chip()
    var end: DeviceEnd<SoftwareCryptography>
    let key: DeviceKey
    var tokens: UInt32 = 0

    init(_ id: DeviceID) throws {
      end = try DeviceEnd(id.text, crypto: SoftwareCryptography(table: keys), chip: chip)
      // The last field of the map that `/id` answers with is the bootstrap key's public half.
      guard let answer = try end.handle(.request(.get, "id")), let key = DeviceKey(Array(answer.payload.suffix(64)))
      else { throw KitError.silent }
      self.key = key
    }
  }
  private let board: Mutex<Board>

  init(_ id: String) throws {
    let id = try DeviceID(id)
    self.id = id
    board = Mutex(try Board(id))
  }

  var line: String { id.text.lowercased() }
  /// What its label says.
  var key: DeviceKey { board.withLock { $0.key } }

  /// - Parameter root: the trust root's public key.
  func provision(root: [UInt8], _ descriptor: [UInt8]) throws -> Code? {
    try board.withLock { try $0.end.provision(root: root, descriptor: descriptor) }
  }

  /// Off and on: sessions are gone, flash and keys are there.
  func restart() throws {
    try board.withLock { board in
      board.end = try DeviceEnd(id.text, crypto: SoftwareCryptography(table: board.keys), chip: board.chip)
    }
  }

  /// As whoever holds the board can do it: flash and key storage are erased, and it boots for the first time.
  func resetPhysically() throws {
    try board.withLock { $0 = try Board(id) }
  }

  /// How far a device came.
  struct Entry: Equatable {
    /// The manager's answers, by their outer codes.
    var codes: [Code] = []
    /// Whether the last of them was protected.
    var isInside = false
  }

  /// Lets it speak, however long it waits with it, until a protected answer has come or it was answered eight times in vain.
  @discardableResult
  func enter(_ send: (CoAPMessage) async throws -> CoAPMessage) async throws -> Entry {
    var entry = Entry()
    while entry.codes.count < 8, !entry.isInside {
      guard let message = try board.withLock({ try $0.end.laterMessage() }) else { break }
      let answer = try await carry(message, send)
      entry.codes.append(answer.code)
      entry.isInside = answer.value(of: .oscore) != nil
    }
    return entry
  }

  @discardableResult
  func enter(_ desk: FrontDesk, from gateway: String = "g") async throws -> Entry {
    try await enter { await desk.answer($0, from: gateway) }
  }

  /// Lets it say what it has to say by now.
  func speakNow(_ send: (CoAPMessage) async throws -> CoAPMessage) async throws {
    if let message = try board.withLock({ try $0.end.nextMessage() }) { _ = try await carry(message, send) }
  }

  private func carry(
    _ message: CoAPMessage, _ send: (CoAPMessage) async throws -> CoAPMessage
  ) async throws -> CoAPMessage {
    var answer = try await send(message.from(line))
    answer.token = message.token
    let heard = answer
    try board.withLock { _ = try $0.end.handle(heard) }
    return answer
  }

  /// Hands it a request from its gateway.
  func answer(_ request: CoAPMessage) throws -> CoAPMessage {
    try board.withLock { board in
      board.tokens += 1
      var request = request
      request.token = Token(board.tokens)
      guard let answer = try board.end.handle(request) else { throw KitError.silent }
      return answer
    }
  }
}

enum KitError: Error { case silent }

/// The lines of DeviceKit's devices.
struct KitGateway: LineTransport {
  let devices: [KitDevice]

  func request(
    _ message: CoAPMessage, over route: Route, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage {
    guard let device = devices.first(where: { $0.line == route.line }) else {
      throw ManagerError(.unreachable, "no such line")
    }
    do { return try device.answer(message) } catch { throw ManagerError(.unreachable, "\(error)") }
  }
}
