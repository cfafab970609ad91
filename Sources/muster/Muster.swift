import ArgumentParser

/// Digital identities for things: the one executable of all processes that run on Linux.
@main
struct Muster: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "muster",
    abstract: "Certificates and signed lists of peers for devices, down to a 16 KB microcontroller.",
    subcommands: []
  )
}
