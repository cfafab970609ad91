import Foundation

/// The three programs of one network on this machine: CA, manager and gateway, as processes of their own.
///
/// Each can be ended by any signal and started again on its folder, as on real machines; addresses are chosen at the first
/// start and stay.
public actor Network {
  public nonisolated let workspace: Workspace
  public nonisolated let events = EventLog()
  /// The name in every certificate's subject.
  public nonisolated let name: String
  /// The DNS suffix of its devices.
  public nonisolated let nameSuffix: String
  public nonisolated let gatewayName = "gateway-1"

  private let muster: String
  private let record: PIDRecord
  private var authority: Program?
  private var manager: Program?
  private var gateway: Program?
  private var authorityAddress = "127.0.0.1:0"
  private var adminAddress = "127.0.0.1:0"
  private var gatewaysAddress = "127.0.0.1:0"
  private var lines: [(name: String, specification: String)] = []
  private var udp: String?

  /// - Parameter muster: the path of the `muster` executable.
  public init(workspace: Workspace, record: PIDRecord, muster: String, name: String = "demo") {
    self.workspace = workspace
    self.record = record
    self.muster = muster
    self.name = name
    nameSuffix = name + ".example"
  }

  public enum Part: String, Sendable, CaseIterable { case authority, manager, gateway }

  // MARK: First start

  /// Makes a test CA with a random root and starts it.
  public func createAuthority() async throws {
    // Certificates name it before anybody listens.
    let status = try FreePort.find()
    try await run([
      "ca", "init", "--dir", workspace.ca, "--name", "demo", "--url", "http://127.0.0.1:\(status)",
    ])
    try await start(.authority)
    for (file, copy) in [("ca.pem", workspace.anchor), ("chain.pem", workspace.chain)] {
      try FileManager.default.copyItem(atPath: "\(workspace.ca)/\(file)", toPath: copy)
    }
  }

  /// Makes a manager, which enrols itself with the CA by a one-time code, and starts it.
  public func createManager() async throws {
    let code = try await run(["ca", "code", "--dir", workspace.ca]).text.trimmingCharacters(in: .whitespacesAndNewlines)
    try await run([
      "manager", "init", "--dir", workspace.manager, "--network", name, "--name-suffix", nameSuffix,
      "--ca", "https://\(authorityAddress)", "--ca-anchor", workspace.anchor, "--ca-code", code,
    ])
    try await createTrust()
    try await start(.manager)
  }

  /// Makes the owner's trust root and has it sign what this network's devices shall believe.
  private func createTrust() async throws {
    try await run(["trust", "init", "--dir", workspace.owner])
    try await run([
      "trust", "sign", "--root-key", workspace.owner + "/root.key", "--network", name,
      "--manager-key", workspace.manager + "/edhoc.pub", "--anchor", workspace.anchor, "--out", workspace.descriptor,
    ])
  }

  /// Gives a device in factory state what it shall believe, on its own line.
  ///
  /// - Parameter isListed: whether the manager gets to know its key beforehand, by the factory's list.
  /// - Returns: what was printed, the device's label with it.
  @discardableResult
  public func provision(line: String, isListed: Bool) async throws -> String {
    let output = try await run(
      [
        "provision", "--line", "unix:\(line)", "--trust", workspace.descriptor, "--root", workspace.trustRoot,
        "--label",
      ]
        + (isListed ? ["--factory-list", workspace.factoryList] : []))
    if isListed { try await administer(["device", "import", workspace.factoryList]) }
    return output.text
  }

  /// Has a gateway enrolled by the manager; ``setLines(_:)`` starts it.
  public func createGateway() async throws {
    try await administer(["gateway", "enrol", gatewayName, "--dir", workspace.gateway])
  }

  /// Gives the gateway its lines and (re)starts it.
  public func setLines(_ lines: [(name: String, specification: String)]) async throws {
    self.lines = lines
    await stop(.gateway)
    try await start(.gateway)
  }

  /// Has the gateway take CoAP over UDP from its next start on; nil ends that.
  public func setUDP(_ address: String?) {
    udp = address
  }

  // MARK: Faults

  /// Ends a part by a signal; `SIGKILL` for a crash.
  public func stop(_ part: Part, by signal: Int32 = SIGTERM) async {
    await program(part)?.stop(signal)
    set(part, nil)
  }

  /// Starts a part and waits until it says that it is ready.
  public func start(_ part: Part) async throws {
    let arguments: [String] =
      switch part {
      case .authority: ["ca", "run", "--dir", workspace.ca, "--listen", authorityAddress, "--json"]
      case .manager:
        [
          "manager", "run", "--dir", workspace.manager, "--admin", adminAddress, "--gateways", gatewaysAddress,
          "--json",
        ]
      case .gateway:
        ["gateway", "run", "--dir", workspace.gateway, "--manager", gatewaysAddress, "--trace", workspace.root]
          + ["--status-socket", workspace.sockets + "/gateway-status", "--json"]
          + lines.flatMap { ["--line", "\($0.name)=\($0.specification)"] } + (udp.map { ["--udp", $0] } ?? [])
      }
    let position = await events.position
    let program = Program(
      part.rawValue, executable: muster, arguments: arguments, events: events,
      logPath: workspace.log(of: part.rawValue), record: record)
    try await program.start()
    set(part, program)
    let ready = await events.first(after: position, within: .seconds(30)) {
      $0.source == part.rawValue && $0.kind == "ready"
    }
    guard let ready else {
      await stop(part)
      throw DemoError("the \(part.rawValue) did not become ready", hint: "cat \(workspace.log(of: part.rawValue))")
    }
    switch part {
    case .authority: authorityAddress = ready["address"] ?? authorityAddress
    case .manager:
      adminAddress = ready["admin"] ?? adminAddress
      gatewaysAddress = ready["gateways"] ?? gatewaysAddress
    case .gateway: break
    }
  }

  /// Ends everything in the order in which nobody misses anybody.
  public func stopAll() async {
    for part in [Part.gateway, .manager, .authority] { await stop(part) }
  }

  // MARK: Administration

  /// The options that make an administrative command talk to this network's manager.
  public var administration: [String] {
    ["--manager", "https://\(adminAddress)", "--credentials", workspace.manager + "/admin"]
  }

  /// Runs a command of `muster` as the administrator.
  @discardableResult
  public func administer(_ arguments: [String]) async throws -> Command.Output {
    try await run(arguments + administration)
  }

  /// Runs a command of `muster` that has to succeed.
  @discardableResult
  public func run(_ arguments: [String]) async throws -> Command.Output {
    try await Command.demand(muster, arguments)
  }

  private func program(_ part: Part) -> Program? {
    switch part {
    case .authority: authority
    case .manager: manager
    case .gateway: gateway
    }
  }

  private func set(_ part: Part, _ program: Program?) {
    switch part {
    case .authority: authority = program
    case .manager: manager = program
    case .gateway: gateway = program
    }
  }
}

extension Network {
  /// Leaves a device's certificate, its request as the device made it, and the order as the manager signed it.
  public func exportEvidence(of device: String, serial: String) async throws {
    for (part, suffix) in [("pem", "pem"), ("csr", "csr.der"), ("order", "order.der")] {
      try await administer([
        "cert", "export", serial, "--part", part, "--output", "\(workspace.devices)/\(device).\(suffix)",
      ])
    }
    try await administer([
      "cert", "evidence", serial, "--output", "\(workspace.devices)/\(device).evidence.json",
    ])
  }
}
