import Foundation

/// The main job, end to end, on one machine: a CA, a manager, a gateway, and boards under QEMU that end with a
/// certificate each.
public struct Demonstration: Sendable {
  /// Where `boards/` and `qemu/` are.
  public let repository: String
  /// The folder it works in and leaves its results in.
  public let directory: String
  /// The path of the `muster` executable.
  public let muster: String
  private let print: @Sendable (String) -> Void

  /// The boards it shows: the smallest there is, and an ordinary one.
  static let boards = [("microbit", "MICROBIT-1"), ("mps2-an386", "MPS2-2")]
  /// How long one device may take from calling to active.
  static let patience = Duration.seconds(90)

  public init(
    repository: String, directory: String, muster: String, print: @escaping @Sendable (String) -> Void
  ) {
    self.repository = repository
    self.directory = directory
    self.muster = muster
    self.print = print
  }

  /// Runs until every device is active, then calls `explore`, then ends everything.
  ///
  /// - Returns: Whether every device is active and OpenSSL verified its certificate.
  public func run(explore: @Sendable (Network) async throws -> Void) async throws -> Bool {
    let begin = ContinuousClock.now
    let (workspace, record) = try Workspace.create(at: directory)
    let network = Network(workspace: workspace, record: record, muster: muster)
    let boards = Self.boards.map { kind, serialNumber in
      Board(
        kind, serialNumber: serialNumber, repository: repository, workspace: workspace, events: network.events,
        record: record)
    }
    var verified = false
    do {
      let story = Story(print: print)
      let telling = Task { for await event in await network.events.follow() { await story.tell(event) } }
      defer { telling.cancel() }
      try await bringUp(network, boards: boards, story: story)
      verified = try await finish(network, boards: boards, story: story, begin: begin)
      try await explore(network)
    } catch {
      await end(network, boards)
      throw error
    }
    await end(network, boards)
    return verified
  }

  private func bringUp(_ network: Network, boards: [Board], story: Story) async throws {
    await story.say("A test CA with a random root, a manager and a gateway start on this machine.")
    try await network.createAuthority()
    try await network.createManager()
    try await network.createGateway()

    await story.say(
      "Two boards start under QEMU; each gets the owner's trust descriptor on its own line, as at the end of a factory's belt."
    )
    for board in boards {
      try await board.switchOn()
      // One device is known beforehand by the factory's list, the other one calls unannounced.
      let isListed = board.serialNumber == boards[0].serialNumber
      try await network.provision(line: board.line, isListed: isListed)
      await story.say(
        "     \(board.serialNumber) (\(board.kind)) is provisioned for \(network.name)"
          + (isListed ? "; its key's thumbprint is on the factory's list." : "; nobody has told the manager."))
    }
    try await network.setLines(boards.map { ($0.serialNumber.lowercased(), "unix:\($0.line)") })
  }

  private func finish(
    _ network: Network, boards: [Board], story: Story, begin: ContinuousClock.Instant
  ) async throws -> Bool {
    for board in boards {
      let id = board.serialNumber
      let seen = await network.events.first(within: Self.patience) {
        $0.kind == "device" && $0["device"] == id && $0["to"] != "registered"
      }
      guard let seen else { throw DemoError("\(id) never called the manager", hint: logs(network)) }
      if seen["to"] == "pending" {
        await story.say("     The administrator approves it: muster device approve \(id)")
        try await network.administer(["device", "approve", id])
      }
    }
    for board in boards {
      let id = board.serialNumber
      let active = await network.events.first(within: Self.patience) {
        $0.kind == "device" && $0["device"] == id && $0["to"] == "active"
      }
      guard let serial = active?["serial"] else {
        throw DemoError("\(id) did not become active", hint: logs(network))
      }
      try await network.exportEvidence(of: id, serial: serial)
    }
    await story.say("  6  Signed whitelists for each device come with a later version; they are not built yet.")
    let verified = try await verify(network, boards, story)
    let seconds = (ContinuousClock.now - begin).components.seconds
    await story.say("Every device is active after \(seconds) s. Results are in \(network.workspace.root).")
    return verified
  }

  private func verify(_ network: Network, _ boards: [Board], _ story: Story) async throws -> Bool {
    var all = true
    for board in boards {
      let output = try await Command.run(
        "openssl",
        [
          "verify", "-x509_strict", "-CAfile", network.workspace.anchor, "-untrusted", network.workspace.chain,
          "\(network.workspace.devices)/\(board.serialNumber).pem",
        ])
      all = all && output.status == 0
      await story.say("     openssl verify: " + (output.text + output.standardError).trimmingCharacters(in: .newlines))
    }
    return all
  }

  private func end(_ network: Network, _ boards: [Board]) async {
    await network.stop(.gateway)
    for board in boards { await board.switchOff() }
    await network.stopAll()
    network.workspace.removeSockets()
  }

  private func logs(_ network: Network) -> String { "what each program said is in \(network.workspace.logs)" }
}
