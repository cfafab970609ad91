import ArgumentParser
import Manager

extension DeviceCommand {
  /// `muster device invite`: a one-time code for EST.
  struct Invite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a one-time code with which a device enrols over EST.",
      discussion: """
        It is printed once and kept as a hash only. The device gives it as the password of HTTP Basic, with any user. An earlier \
        code of the device that was not used ends with this. \(managerExitStatuses)
        """)
    @OptionGroup var options: ManagerOptions
    @Argument(help: "The device's id, which is its subject's serialNumber.")
    var id: String
    @Option(help: ArgumentHelp("The enrolment profile; 'device' without.", valueName: "name"))
    var profile: String?
    @Option(help: ArgumentHelp("For how long the code is valid.", valueName: "7d"))
    var expires: Span?
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingFailure {
        let id = try DeviceID(id).text
        let order = InvitationOrder(profile: profile, seconds: expires?.seconds)
        let invitation: InvitationView = try await options.withClient {
          try await $0.post("devices/\(id)/invite", order)
        }
        if json { try Output.json(invitation) } else { Output.line(invitation.code) }
      }
    }
  }
}
