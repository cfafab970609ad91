import Registers

/// A register bus that writes down every access and answers reads from a script, else with zero.
final class Recorder: RegisterBus {
  enum Access: Equatable {
    case read(UInt32)
    case write(UInt32, to: UInt32)
  }

  private(set) var accesses: [Access] = []
  private var answers: [UInt32: [UInt32]]

  /// - Parameter answers: what reads of an address give, one after another; the last one for ever.
  init(_ answers: [UInt32: [UInt32]] = [:]) { self.answers = answers }

  func read(_ address: UInt32) -> UInt32 {
    accesses.append(.read(address))
    guard let script = answers[address], let next = script.first else { return 0 }
    if script.count > 1 { answers[address]?.removeFirst() }
    return next
  }

  func write(_ value: UInt32, to address: UInt32) { accesses.append(.write(value, to: address)) }
}
