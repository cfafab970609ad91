import ArgumentParser
import Manager

// The steps of a device's life that an administrator makes. Each may be made again: then nothing changes, and that is no error.
extension DeviceCommand {
  struct Suspend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Put a device aside: its session ends, it is refused, and nothing is done for it.",
      discussion: "Its certificate stays valid for others. 'muster device resume' lets it go on. \(managerExitStatuses)"
    )
    @OptionGroup var one: OneDevice

    func run() async throws { try await explainingFailure { try await one.step("suspend", done: "is suspended") } }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a suspended device go on.",
      discussion: """
        It proves both its keys once more when it calls, and keeps its certificate if that still serves. \
        \(managerExitStatuses)
        """)
    @OptionGroup var one: OneDevice

    func run() async throws { try await explainingFailure { try await one.step("resume", done: "goes on") } }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Withdraw a device's certificates for good, here at once and at the CA.",
      discussion: """
        Here it holds when the command returns. The CA is told until it acknowledges it; 'muster device show' says whether \
        it has. Reasons: \(reasons). \(managerExitStatuses)
        """)
    @OptionGroup var one: OneDevice
    @Option(help: "Why, by RFC 5280's names.")
    var reason: String

    func run() async throws {
      try await explainingFailure {
        try await one.step("revoke", RevocationOrder(reason: reason), done: "is revoked")
      }
    }

    private static let reasons =
      "unspecified, keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn"
  }

  struct Decommission: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Take a device out of service for good: its certificates are withdrawn, and its name is not given again.",
      discussion: managerExitStatuses)
    @OptionGroup var one: OneDevice

    func run() async throws {
      try await explainingFailure { try await one.step("decommission", done: "is out of service") }
    }
  }
}

extension OneDevice {
  /// Has a step made, and says what it came to.
  func step(_ name: String, _ order: RevocationOrder? = nil, done: String) async throws {
    let step: DeviceStepView = try await options.withClient { client in
      if let order { return try await client.post("devices/\(id)/\(name)", order) }
      return try await client.post("devices/\(id)/\(name)")
    }
    if json { return try Output.json(step) }
    let session = step.sessionClosed ? " Its session was closed." : ""
    Output.line(step.changed ? "Device \(id) \(done).\(session)" : "Nothing changed: device \(id) \(done) already.")
    Output.fields(step.device.fields)
  }
}
