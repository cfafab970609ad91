import CoAP
import CoAPStream
import Crypto
import DeviceBench
import DeviceKit
import PKI
import SerialLink

/// What one byte of the line suffers.
struct LineFault: Sendable, CustomStringConvertible {
  enum Kind: String, CaseIterable, Sendable { case corrupted, deleted, duplicated }
  enum Direction: String, CaseIterable, Sendable { case toManager, toDevice }

  var kind: Kind
  var direction: Direction
  /// Counted in bytes of this direction, from 0.
  var position: Int

  var description: String { "byte \(position) \(direction.rawValue) \(kind.rawValue)" }

  func apply(to bytes: [UInt8], from offset: Int) -> [UInt8] {
    guard offset..<offset + bytes.count ~= position else { return bytes }
    var bytes = bytes
    let index = position - offset
    switch kind {
    case .corrupted: bytes[index] ^= UInt8.random(in: 1...255)
    case .deleted: bytes.remove(at: index)
    case .duplicated: bytes.insert(bytes[index], at: index)
    }
    return bytes
  }
}

/// A whole enrolment between a device and a manager over a line on a virtual clock.
enum SimulatedEnrolment {
  struct Outcome {
    var isEnrolled: Bool
    var deviceState: DeviceState?
    var keys: Int
    var refusals: [String]
    var bytesToManager: Int
    var bytesToDevice: Int
    var milliseconds: UInt64
  }

  static func run(authority: TestAuthority, fault: LineFault? = nil) throws -> Outcome {
    var now: UInt64 = 0
    let chip = MemoryFlash.Chip(pages: 16)
    let device = try SimulatedDevice(chip: chip, keys: .init(), now: now)
    try provision(device, authority)
    let manager = try ScriptedManager(authority: authority, now: now)
    var toManager = 0
    var toDevice = 0
    while now < 600_000, manager.step != .done || !manager.end.link.canSend {
      try device.advance(now: now)
      try manager.advance(now: now)
      let fromDevice = device.end.drain(now: now)
      let fromManager = manager.end.drain(now: now)
      if fromDevice.isEmpty, fromManager.isEmpty {
        guard let next = [device.deadline, manager.deadline].compactMap({ $0 }).min() else { break }
        now = max(now + 1, next)
        continue
      }
      try manager.receive(faulty(fromDevice, .toManager, toManager, fault), now: now)
      try device.receive(faulty(fromManager, .toDevice, toDevice, fault), now: now)
      toManager += fromDevice.count
      toDevice += fromManager.count
    }
    return Outcome(
      isEnrolled: manager.step == .done, deviceState: device.state, keys: device.keyCount, refusals: manager.refusals,
      bytesToManager: toManager, bytesToDevice: toDevice, milliseconds: now)
  }

  private static func faulty(
    _ bytes: [UInt8], _ direction: LineFault.Direction, _ offset: Int, _ fault: LineFault?
  ) -> [UInt8] {
    guard let fault, fault.direction == direction else { return bytes }
    return fault.apply(to: bytes, from: offset)
  }

  private static func provision(_ device: SimulatedDevice, _ authority: TestAuthority) throws {
    let root = SigningKey()
    let descriptor = try TrustTerms(
      network: ScriptedManager.network, epoch: 1, managerKeys: [authority.managerKey.coordinates], signers: [],
      anchors: [TrustTerms.Anchor(authority.anchor)]
    ).signed(by: root)
    let payload: [UInt8] =
      [0xA2, 0x01, 0x58, 0x40] + Array(root.publicKey.rawRepresentation)
      + [0x02, 0x59, UInt8(descriptor.count >> 8), UInt8(descriptor.count & 0xFF)] + descriptor
    let answer = try device.ask(.request(.post, "provision", contentFormat: .cbor, payload: payload), now: 0)
    guard answer.code == .changed else { throw SimulationError.setup }
  }
}
