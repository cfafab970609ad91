import ArgumentParser
import Manager

extension DeviceCommand {
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List devices.")
    @OptionGroup var options: ManagerOptions
    @Option(help: "Only those in this state.")
    var state: String?
    @Option(
      help: ArgumentHelp(
        "Only those let in that have not called for so long, the longest silent first.", valueName: "7d"))
    var silent: Span?
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      if state != nil, silent != nil { throw ValidationError("Give --state or --silent, not both.") }
    }

    func run() async throws {
      try await explainingFailure {
        let devices: [DeviceView] = try await options.withClient {
          var query: [String: String] = [:]
          query["state"] = state
          query["silent"] = silent.map { "\($0.seconds)" }
          return try await $0.all("devices", query: query)
        }
        if json { try Output.json(devices) } else { Output.table(DeviceView.head, devices.map(\.row)) }
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show one device, and why it does not go on if it does not.")
    @OptionGroup var one: OneDevice

    func run() async throws {
      try await explainingFailure {
        try one.show(try await one.options.withClient { try await $0.get("devices/\(one.id)") })
      }
    }
  }

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a device known beforehand.",
      discussion: """
        With its bootstrap key's thumbprint, from its label, it goes on without asking when it calls. Without, it waits \
        for 'muster device approve' when it first calls, and shows the thumbprint of the key it has. A device that waits \
        already, or is known without a key, gets the thumbprint given here.
        """)
    @OptionGroup var one: OneDevice
    @Option(help: "Its model, for people.")
    var model: String?
    @Option(help: ArgumentHelp("The thumbprint on its label: 64 hexadecimal digits.", valueName: "hex"))
    var thumbprint: String?

    func run() async throws {
      try await explainingFailure {
        let id = try DeviceID(one.id).text
        let addition = DeviceAddition(id: id, model: model, thumbprint: try thumbprint.map { try Thumbprint($0).text })
        try one.show(try await one.options.withClient { try await $0.post("devices", addition) })
      }
    }
  }

  struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let a waiting device have a certificate.")
    @OptionGroup var one: OneDevice

    func run() async throws {
      try await explainingFailure {
        try one.show(try await one.options.withClient { try await $0.post("devices/\(one.id)/approve") })
      }
    }
  }

  struct Acknowledge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take note of a device's alarm.", discussion: "It is not shown any more; the audit trail keeps it.")
    @OptionGroup var one: OneDevice

    func run() async throws {
      try await explainingFailure {
        try one.show(try await one.options.withClient { try await $0.post("devices/\(one.id)/acknowledge") })
      }
    }
  }

  struct Reset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Have a device erase its identity and its network.",
      discussion: """
        It goes over the device's session, so it must be connected. Afterwards the device is as it left the factory: it can \
        be provisioned again, here or by another owner. Its bootstrap key and so its thumbprint stay.
        """)
    @OptionGroup var one: OneDevice

    func run() async throws {
      try await explainingFailure {
        try one.show(try await one.options.withClient { try await $0.post("devices/\(one.id)/reset") })
      }
    }
  }

  struct Enrol: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Start a device's enrolment again, after the manager stopped trying or was refused.")
    @OptionGroup var one: OneDevice

    func run() async throws {
      try await explainingFailure {
        try one.show(try await one.options.withClient { try await $0.post("devices/\(one.id)/enrol") })
      }
    }
  }
}

/// A device by its id, and how to print it.
struct OneDevice: ParsableArguments {
  @OptionGroup var options: ManagerOptions
  @Argument(help: "The device's id: its serial number.")
  var id: String
  @Flag(help: "Print JSON.")
  var json = false

  /// A path may hold nothing but an id.
  func validate() throws {
    do { _ = try DeviceID(id) } catch { throw ValidationError(error.description) }
  }

  func show(_ device: DeviceView) throws {
    if json { try Output.json(device) } else { Output.fields(device.fields) }
  }
}

extension AdminClient {
  /// All pages of a list.
  func all<Item: Codable & Sendable>(_ path: String, query: [String: String] = [:]) async throws -> [Item] {
    var items: [Item] = []
    var query = query
    query["limit"] = "500"
    while true {
      let page: PageView<Item> = try await get(path, query: query)
      items += page.items
      guard let next = page.next else { return items }
      query["after"] = next
    }
  }
}
