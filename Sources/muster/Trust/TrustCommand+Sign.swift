import ArgumentParser
import Crypto
import PKI
import Trust

extension TrustCommand {
  /// What signs and where it goes.
  struct SigningOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The root's private key, as 'muster trust init' made it.", valueName: "file"))
    var rootKey: String

    @Option(
      name: [.short, .long], help: ArgumentHelp("The new descriptor; no file is overwritten.", valueName: "file"))
    var out: String

    @Flag(help: "Print JSON.")
    var json = false

    /// Signs, and says what was signed.
    func sign(_ terms: TrustTerms, by root: SigningKey) throws {
      let file = try TrustFile.create(out, terms, by: root)
      let view = try TrustView(file, root: Array(root.publicKey.rawRepresentation))
      if json { try Output.json(view) } else { view.printForPeople() }
    }

    /// The descriptor before, which the same root must have signed.
    func previous(_ path: String, root: SigningKey) throws -> TrustTerms {
      let terms = try TrustFile(path).terms(root: Array(root.publicKey.rawRepresentation))
      guard terms.epoch < .max else { throw Failure(.refused(.epoch), "A descriptor after \(path)") }
      return terms
    }
  }

  /// `muster trust sign`: makes a descriptor from its parts.
  struct Sign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sign a descriptor.",
      discussion: """
        Of each kind one or two: the first is the one in force, the second the one to come. Without --previous it is a \
        network's first descriptor, epoch 1; with it the epoch is the next one.
        """)

    @OptionGroup var signing: SigningOptions

    @Option(help: ArgumentHelp("The network's name, 1 to 64 bytes; by default the previous one's.", valueName: "name"))
    var network: String?

    @Option(help: ArgumentHelp("The manager's public EDHOC key, PEM. Once or twice.", valueName: "file"))
    var managerKey: [String]

    @Option(help: ArgumentHelp("A whitelist signer's public key, PEM. Never, once or twice.", valueName: "file"))
    var signer: [String] = []

    @Option(
      help: ArgumentHelp(
        "The certificate of an anchor of device certificates, PEM: ca.pem of 'muster ca'. Once or twice.",
        valueName: "file"))
    var anchor: [String]

    @Option(help: ArgumentHelp("The descriptor in force.", valueName: "file"))
    var previous: String?

    func validate() throws {
      guard network != nil || previous != nil else { throw ValidationError("Give --network or --previous.") }
      for (name, files) in [("manager-key", managerKey), ("signer", signer), ("anchor", anchor)]
      where files.count > TrustLimits.keysOfAKind {
        throw ValidationError("--\(name) may be given twice at most.")
      }
    }

    func run() async throws {
      try await explainingTrust {
        let root = try KeyFile.read(signing.rootKey)
        let before = try previous.map { try signing.previous($0, root: root) }
        if let before, let network, network != before.network {
          throw Failure(.refused(.otherNetwork), "A descriptor of \(network) after one of \(before.network)")
        }
        let terms = TrustTerms(
          network: network ?? before?.network ?? "", epoch: (before?.epoch ?? 0) + 1,
          managerKeys: try managerKey.map(PublicKeyFile.read), signers: try signer.map(PublicKeyFile.read),
          anchors: try anchor.map(TrustFile.anchor))
        try signing.sign(terms, by: root)
      }
    }
  }
}
