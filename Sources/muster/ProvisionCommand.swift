import ArgumentParser
import Crypto
import Foundation
import Gateway
import PKI
import X509

/// `muster provision`: gives a device in factory state its network and the anchor it trusts.
struct ProvisionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "provision",
    abstract: "Give a new device its network's name and trust anchor.",
    discussion: """
      On the device's own line, with nothing between: what is given here decides whom the device believes, so nobody \
      far away may give it, and a gateway never passes it on. No gateway may hold the line meanwhile. Exit codes: 0 \
      done, 64 usage, 66 no anchor, 69 no device answers, 75 the line is in use, 76 the device refuses.
      """)

  @Option(help: ArgumentHelp("/dev/ttyX[:BAUD], a pseudo-terminal's path, or unix:PATH.", valueName: "spec"))
  var line: String

  @Option(help: "The trust anchor of the network's device certificates: one certificate in PEM.")
  var anchor: String

  @Option(help: "The network's name, 1 to 64 bytes: O= of its devices' certificates.")
  var network: String

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...64).contains(network.utf8.count) else { throw ValidationError("--network has 1 to 64 bytes.") }
  }

  func run() async throws {
    try await reportingFailure {
      let anchor = try readAnchor()
      let line = DirectLine(try LineSpecification(parsing: self.line))
      do {
        try await line.open()
        let dialogue = ProvisionDialogue(line: line)
        let identity = try await dialogue.identity()
        try await dialogue.provision(network: network, anchor: anchor)
        await line.close()
        report(identity, anchor: anchor)
      } catch {
        await line.close()
        throw error
      }
    }
  }

  private func readAnchor() throws -> [UInt8] {
    let advice = "Give the CA's own certificate, ca.pem of `muster ca`."
    do {
      let certificates = try Certificate.readPEM(anchor)
      guard certificates.count == 1, let der = try certificates.first?.der else {
        throw GatewayError(.badIdentity, "The file \(anchor) holds more than one certificate.", advice: advice)
      }
      return der
    } catch let error as PKIError {
      throw GatewayError(.badIdentity, error.reason, advice: advice)
    }
  }

  private func report(_ identity: DeviceIdentity, anchor: [UInt8]) {
    let fingerprint = SHA256.hash(data: anchor).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    if json {
      let fields = [
        "id": identity.serialNumber, "model": identity.model, "firmware": identity.firmware, "network": network,
        "anchorSHA256": fingerprint,
      ]
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      GatewayCommand.print(String(decoding: (try? encoder.encode(fields)) ?? Data(), as: UTF8.self))
    } else {
      GatewayCommand.print(
        "Provisioned \(identity.serialNumber) (\(identity.model), firmware \(identity.firmware)) for \(network); "
          + "its anchor is SHA-256 \(fingerprint).")
    }
  }
}
