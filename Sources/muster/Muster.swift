import ArgumentParser

/// Digital identities for things: the one executable of all processes that run on Linux.
@main
struct Muster: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "muster",
    abstract: "Certificates for devices, down to a 16 KB microcontroller.",
    subcommands: [
      DemoCommand.self, CACommand.self, ManagerCommand.self, GatewayCommand.self, TrustCommand.self, CWLCommand.self,
      ProvisionCommand.self, ProfileCommand.self, DeviceCommand.self, CertCommand.self, VerifyEvidenceCommand.self,
      AuditCommand.self,
    ])
}
