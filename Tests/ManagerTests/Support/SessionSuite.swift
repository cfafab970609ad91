@testable import Manager

/// A manager with its front desk, and one device of its network with a key.
struct SessionBench {
  let rig: Rig
  let store: SQLiteStore
  let ledger: Ledger
  let desk: FrontDesk
  let device: SecuredDevice

  init() throws {
    rig = try Rig()
    store = try rig.openStore()
    ledger = rig.ledger(store)
    desk = rig.desk(ledger, rig.engine(ledger))
    device = try SecuredDevice("D1", manager: rig.managerKeys.current)
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
