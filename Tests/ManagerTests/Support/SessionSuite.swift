@testable import Manager

/// A manager with its front desk, and one device of its network with a key.
struct SessionBench {
  let rig: Rig
  let store: SQLiteStore
  let ledger: Ledger
  let desk: FrontDesk
  let device: SecuredDevice

  init() throws { try self.init(Rig()) { try SecuredDevice("D1", manager: $0.managerKeys.current) } }

  /// - Parameter id: of a scripted device that the rig's engine reaches, and that has sessions besides.
  init(scripted id: String) throws {
    try self.init(Rig(id)) { try SecuredDevice($0.device, manager: DeviceKey($0.managerKeys.current.coordinates)!) }
  }

  private init(_ rig: Rig, _ device: (Rig) throws -> SecuredDevice) throws {
    self.rig = rig
    store = try rig.openStore()
    ledger = rig.ledger(store)
    desk = rig.desk(ledger, rig.engine(ledger))
    self.device = try device(rig)
  }
}

/// A suite whose tests each have a bench of their own.
protocol SessionSuite {
  var bench: SessionBench { get }
}

extension SessionSuite {
  var rig: Rig { bench.rig }
  var store: SQLiteStore { bench.store }
  var ledger: Ledger { bench.ledger }
  var desk: FrontDesk { bench.desk }
  var device: SecuredDevice { bench.device }
}
