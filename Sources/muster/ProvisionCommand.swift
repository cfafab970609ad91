import ArgumentParser
import Foundation
import Gateway
import PKI
import Trust

/// `muster provision`: gives a device in factory state the root it pins and the descriptor it believes.
struct ProvisionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "provision",
    abstract: "Give a new device its network's trust root and descriptor.",
    discussion: """
      On the device's own line, with nothing between: what is given here decides whom the device believes, so nobody \
      far away may give it, and a gateway never passes it on. No gateway may hold the line meanwhile. Exit status: 0 \
      done; 64 usage; 65 the descriptor or the factory list is not what it should be; 66 no such file; 69 no device \
      answers; 73 the factory list cannot be written; 75 the line is in use; 76 the device refuses; 77 the root did \
      not sign the descriptor.
      """)

  @Option(help: ArgumentHelp("/dev/ttyX[:BAUD], a pseudo-terminal's path, or unix:PATH.", valueName: "spec"))
  var line: String

  @Option(help: ArgumentHelp("The trust descriptor, as 'muster trust sign' made it.", valueName: "file"))
  var trust: String

  @Option(help: ArgumentHelp("The trust root's public key, root.pub of 'muster trust init'.", valueName: "file"))
  var root: String

  @Option(
    help: ArgumentHelp(
      "Add the device to this list, for 'muster device import'; it is made if there is none.",
      valueName: "file"))
  var factoryList: String?

  @Flag(help: "Print the device's label: its name and its key's thumbprint, also as a QR code if 'qrencode' is there.")
  var label = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    try await explainingTrust {
      try await reportingFailure {
        let root = try PublicKeyFile.read(root)
        let descriptor = try TrustFile(trust)
        let terms = try descriptor.terms(root: root)
        let list = try factoryList.map(FactoryList.init)
        let identity = try await provision(root: root, descriptor.bytes, list)
        try report(identity, terms)
      }
    }
  }

  private func provision(root: [UInt8], _ descriptor: [UInt8], _ list: FactoryList?) async throws -> DeviceIdentity {
    let line = DirectLine(try LineSpecification(parsing: self.line))
    do {
      try await line.open()
      let dialogue = ProvisionDialogue(line: line)
      let identity = try await dialogue.identity()
      // Listed first: a device that is provisioned and on no list would be known to nobody.
      try list?.add(identity)
      try await dialogue.provision(root: root, descriptor: descriptor)
      await line.close()
      return identity
    } catch {
      await line.close()
      throw error
    }
  }

  private func report(_ identity: DeviceIdentity, _ terms: TrustTerms) throws {
    let thumbprint = identity.thumbprint?.hexadecimal
    if json {
      var fields = [
        "id": identity.serialNumber, "model": identity.model, "firmware": identity.firmware, "network": terms.network,
        "epoch": "\(terms.epoch)",
      ]
      fields["thumbprint"] = thumbprint
      try Output.json(fields)
    } else {
      Output.line(
        "Provisioned \(identity.serialNumber) (\(identity.model), firmware \(identity.firmware)) for \(terms.network), "
          + "descriptor \(terms.epoch)" + (thumbprint.map { "; its key is \($0)." } ?? "."))
    }
    guard label else { return }
    guard let label = DeviceLabel(identity) else {
      Failure.say("\(identity.serialNumber) has no key of its own to print on a label.", "Give it newer firmware.")
      return
    }
    label.print()
  }
}
