import ArgumentParser
import Edge
import PKI
import Trust

extension TrustCommand {
  /// `muster trust show`: what a descriptor says.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a descriptor.",
      discussion: "With --root it is shown only if this root signed it; without, nothing is proven.")

    @Argument(help: ArgumentHelp("The descriptor.", valueName: "file"))
    var descriptor: String

    @Option(help: ArgumentHelp("The root's public key, PEM.", valueName: "file"))
    var root: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingTrust {
        let view = try TrustView(TrustFile(descriptor), root: root.map(PublicKeyFile.read))
        if json { try Output.json(view) } else { view.printForPeople() }
      }
    }
  }
}

/// A descriptor as it is shown. Keys are named by their RFC 9679 thumbprints.
struct TrustView: Encodable {
  struct Anchor: Encodable {
    let name: String
    let thumbprint: String
  }

  let network: String
  let epoch: UInt32
  let digest: String
  let bytes: Int
  let isVerified: Bool
  let root: String
  let managerKeys: [String]
  let signers: [String]
  let anchors: [Anchor]

  init(_ file: TrustFile, root: [UInt8]?) throws {
    let terms = try file.terms(root: root)
    network = terms.network
    epoch = terms.epoch
    digest = ((try? TrustTerms.digest(of: file.bytes)) ?? []).hexadecimal
    bytes = file.bytes.count
    isVerified = root != nil
    // The kid stands where the one form of a descriptor has it.
    self.root = root?.keyThumbprint?.hexadecimal ?? file.bytes[8..<16].hexadecimal
    func name(_ key: [UInt8]) -> String { key.keyThumbprint?.hexadecimal ?? "" }
    managerKeys = terms.managerKeys.map(name)
    signers = terms.signers.map(name)
    anchors = terms.anchors.map {
      Anchor(name: $0.readableName ?? $0.name.hexadecimal, thumbprint: name($0.publicKey))
    }
  }

  func printForPeople() {
    func rows(_ kind: String, _ values: [String]) -> [(String, String?)] {
      zip(["now", "next"], values).map { ("\(kind), \($0)", $1.shown()) }
    }
    Output.fields(
      [
        ("network", network.shown()), ("epoch", "\(epoch)"), ("digest", digest), ("length", "\(bytes) bytes"),
        ("root", isVerified ? "\(root), verified" : "\(root)…, NOT VERIFIED: give --root"),
      ] + rows("manager's key", managerKeys) + rows("whitelist signer", signers)
        + rows("anchor", anchors.map { "\($0.thumbprint) \($0.name)" }))
  }
}
